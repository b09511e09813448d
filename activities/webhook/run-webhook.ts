/** The webhook step: calls a receiver with data of the job and keeps its answer. */
import { Context } from '@temporalio/activity';
import type { Store } from '../../store/store.ts';
import { readStrictJson } from '../../workflows/contract/json/strict-json.ts';
import type { StepActivityInput } from '../../workflows/contract/jobs/job.ts';
import type { JsonObject, JsonValue } from '../../workflows/contract/json/json.ts';
import type { WebhookStep } from '../../workflows/contract/lead-magnets/lead-magnet.ts';
import { requestProblem } from '../../workflows/contract/computer-use/network.ts';
import { fillJson, fillTemplate } from '../../workflows/contract/lead-magnets/template.ts';
import { noUsage } from '../../workflows/contract/usage.ts';
import type { GuardedHttp } from '../http/guarded-fetch.ts';
import { networkPolicy, refuseUnlisted } from '../network-policy.ts';
import type { AttemptRecord } from '../records/attempt-record.ts';
import { recordedStep, type StepActivity, type StepOutcome } from '../records/recorded.ts';
import { fillSecret, fillSecrets, type Secrets } from '../secrets.ts';
import { keepOutput, templateData } from '../step-data.ts';
import { measured } from '../runs/run-meter.ts';
import { callWebhook } from './call.ts';

export interface WebhookDependencies {
  readonly store: Store;
  readonly http: GuardedHttp;
  readonly secrets: Secrets;
  readonly allowPrivateOrigins: readonly string[];
}

export function createRunWebhook(dependencies: WebhookDependencies): StepActivity {
  return recordedStep(dependencies.store, 'webhook', (input, record) => runWebhook(dependencies, input, record));
}

async function runWebhook(
  { store, http, secrets, allowPrivateOrigins }: WebhookDependencies,
  input: StepActivityInput<WebhookStep>,
  { later }: AttemptRecord,
): Promise<StepOutcome> {
  const { job, step, generation } = input;
  const data = await templateData(store.artifacts, input);
  const policy = networkPolicy(input.network, data, allowPrivateOrigins);
  const url = fillTemplate(step.url, data, 'url');
  refuseUnlisted(policy, url);
  const call = {
    key: `${job.id}/${step.id}/${generation}`,
    jobId: job.id,
    url,
    method: step.method,
    headers: fillSecrets(step.headers, data, secrets),
    body:
      step.method === 'GET'
        ? null
        : JSON.stringify(step.body === undefined ? payload(data) : fillJson(step.body, data)),
    secret: step.secret === undefined ? null : fillSecret(step.secret, data, secrets),
    timeoutSeconds: step.timeoutSeconds,
    permits: (next: string) => requestProblem(policy, next, 'navigate'),
    later,
  };
  const signal = Context.current().cancellationSignal;
  const { response, redirects } = await measured('tool', () =>
    callWebhook({ http, ledger: store.ledger }, call, signal),
  );
  const value = { status: response.status, body: bodyOf(response.bodyText), redirects: [...redirects] };
  const output = await keepOutput(store.artifacts, { jobId: job.id, stepId: step.id, value }, later);
  return {
    state: 'succeeded',
    reason: null,
    output,
    artifacts: [],
    usage: noUsage,
    iterations: 0,
    recoveryLevel: null,
  };
}

/** The default body: the job, the form, and the outputs that the step needs. */
function payload(data: JsonObject): JsonObject {
  const { job, leadMagnet, form, steps } = data;
  return { job: job ?? null, leadMagnet: leadMagnet ?? null, form: form ?? null, steps: steps ?? null };
}

/** JSON as data, with large integers as text; an answer that parsing would change silently stays text. */
function bodyOf(text: string): JsonValue {
  const read = readStrictJson(text, 'text');
  return read.ok && typeof read.value === 'object' && read.value !== null ? read.value : text;
}
