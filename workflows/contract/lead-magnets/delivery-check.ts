/** Checks a delivery when a definition is saved: its schedule, its templates, its attachments. */
import { CronExpressionParser } from 'cron-parser';
import { signingSecretProblem } from '../deliveries/signing-secret.ts';
import { producedNames } from '../documents/produced-names.ts';
import { isCodeFile } from '../names.ts';
import type { Delivery, Step } from './lead-magnet.ts';
import { textProblems, valueProblems, type Scope } from './template-scope.ts';

type Problems = ReturnType<typeof textProblems>;

/** The scope has all steps. */
export function deliveryProblems(delivery: Delivery, path: string, steps: readonly Step[], scope: Scope): Problems {
  return [...scheduleProblems(delivery, path), ...templateProblems(delivery, path, steps, scope)];
}

function scheduleProblems(delivery: Delivery, path: string): Problems {
  if (delivery.schedule === undefined) return [];
  try {
    CronExpressionParser.parse(delivery.schedule.cron, { tz: delivery.schedule.timezone }).next();
    return [];
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return [{ path: `${path}.schedule`, message: `is not a cron schedule: ${message}` }];
  }
}

function templateProblems(delivery: Delivery, path: string, steps: readonly Step[], scope: Scope): Problems {
  if (delivery.kind === 'webhook') {
    return [
      ...textProblems(delivery.url, `${path}.url`, scope.data),
      ...valueProblems(delivery.headers, `${path}.headers`, scope.withSecrets),
      ...signingProblems(delivery.secret, `${path}.secret`, scope),
    ];
  }
  return [
    ...textProblems(delivery.to, `${path}.to`, scope.data),
    ...textProblems(delivery.subject, `${path}.subject`, scope.data),
    ...valueProblems(delivery.text, `${path}.text`, scope.data),
    ...valueProblems(delivery.markdown, `${path}.markdown`, scope.data),
    ...delivery.attach.flatMap((name, position) => attachmentProblems(name, `${path}.attach[${position}]`, steps)),
  ];
}

/** The files that code writes are known when it has run. */
function attachmentProblems(name: string, path: string, steps: readonly Step[]): Problems {
  const known = steps.flatMap((step) => (step.kind === 'code' ? [`${step.id}.<file>`] : producedNames(step)));
  const isMade = steps.some((step) => step.kind === 'code' && isCodeFile(step.id, name)) || known.includes(name);
  return isMade ? [] : [{ path, message: `no step makes ${name}; known: ${known.join(', ')}` }];
}

/** The problems of a secret that signs what is sent. */
export function signingProblems(secret: string | undefined, path: string, scope: Scope): Problems {
  const problem = secret === undefined || secret.includes('{{') ? undefined : signingSecretProblem(secret);
  return problem === undefined ? valueProblems(secret, path, scope.withSecrets) : [{ path, message: problem }];
}
