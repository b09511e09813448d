/**
 * Checks that the parts of a definition fit together: ids, the graph, templates, limits, schedules, attachments. It
 * runs when a definition is saved and lists every problem with its path, so that the author can fix all of them at
 * once.
 */
import { z } from 'zod';
import { batchOutputShape, batchTemplates } from './batch-step-check.ts';
import { codeStepProblems } from './code-step.ts';
import { deliveryProblems, signingProblems } from './delivery-check.ts';
import { imageProblems } from '../documents/images.ts';
import { durationSeconds } from '../duration.ts';
import { fieldProblems } from './form-check.ts';
import { LeadMagnetSchema, type LeadMagnet, type Step } from './lead-magnet.ts';
import { effectiveLimits, limitProblems } from '../limits/limits.ts';
import { deliveryId } from '../names.ts';
import { allowListProblem } from '../computer-use/network.ts';
import { outputSchemaProblems } from '../json/output-schema.ts';
import { secretBindingProblems } from './secret-binding.ts';
import { stepFileProblems } from './step-files.ts';
import { fallbackIds, findCycle, upstreamOf } from './step-graph.ts';
import { treeProblem } from '../schemas/tree-bounds.ts';
import { objectOf, shapeOfSchema, textProblems, valueProblems, type Scope, type Shape } from './template-scope.ts';
import { toolOutputShape, toolStepProblems } from './tool-step-check.ts';
import { shortenText } from '../cut-text.ts';

export interface DefinitionProblem {
  /** The place, as in `steps[2].needs[0]`. */
  readonly path: string;
  readonly message: string;
}

export type DefinitionReading =
  | { readonly leadMagnet: LeadMagnet; readonly problems: readonly [] }
  | { readonly leadMagnet: null; readonly problems: readonly DefinitionProblem[] };

/** Turns parsed YAML or JSON into a lead magnet, or returns everything that is wrong with it. */
export function readDefinition(raw: unknown): DefinitionReading {
  const tree = treeProblem(raw);
  if (tree !== undefined) return { leadMagnet: null, problems: [{ path: '', message: tree }] };
  const parsed = LeadMagnetSchema.safeParse(raw);
  if (!parsed.success) return { leadMagnet: null, problems: firstOf(parsed.error.issues.map(problemOfIssue)) };
  const problems = firstOf(definitionProblems(parsed.data));
  return problems.length === 0 ? { leadMagnet: parsed.data, problems: [] } : { leadMagnet: null, problems };
}

/** Problems that are reported at once. */
const mostProblems = 100;

function firstOf(problems: readonly DefinitionProblem[]): readonly DefinitionProblem[] {
  if (problems.length <= mostProblems) return problems;
  const message = `there are ${problems.length - mostProblems} more problems; fix these first`;
  return [...problems.slice(0, mostProblems), { path: '', message }];
}

/** The maximum length of a message: one that named all keys of a definition would be as long as the definition. */
const longestMessage = 1000;

function problemOfIssue({ path, message }: z.core.$ZodIssue): DefinitionProblem {
  const shown = shortenText(message, longestMessage);
  return { path: z.core.toDotPath(path), message: shown };
}

/** All problems between the parts of a definition whose shape is valid. */
function definitionProblems(leadMagnet: LeadMagnet): DefinitionProblem[] {
  const wholeScope = scopeOf(leadMagnet, new Set(leadMagnet.steps.map((step) => step.id)));
  return [
    ...formProblems(leadMagnet),
    ...graphProblems(leadMagnet.steps),
    ...leadMagnet.steps.flatMap((step, index) => stepProblems(leadMagnet, step, `steps[${index}]`)),
    ...leadMagnet.network.navigate.flatMap((pattern, index) => navigateProblems(leadMagnet, pattern, index)),
    ...leadMagnet.deliver.flatMap((delivery, index) =>
      deliveryProblems(delivery, `deliver[${index}]`, leadMagnet.steps, wholeScope),
    ),
    ...imageProblems(leadMagnet),
    ...duplicates(leadMagnet.deliver.map(deliveryId), (index) => `deliver[${index}].id`),
  ];
}

function formProblems({ form }: LeadMagnet): DefinitionProblem[] {
  const ids = form.fields.map((field) => field.id);
  return [...duplicates(ids, (index) => `form.fields[${index}].id`), ...fieldProblems(form)];
}

function duplicates(ids: readonly string[], pathOf: (index: number) => string): DefinitionProblem[] {
  return ids.flatMap((id, index) =>
    ids.indexOf(id) === index ? [] : [{ path: pathOf(index), message: `the id ${id} is used twice` }],
  );
}

function graphProblems(steps: readonly Step[]): DefinitionProblem[] {
  const ids = steps.map((step) => step.id);
  const fallbacks = fallbackIds(steps);
  const problems = duplicates(ids, (index) => `steps[${index}].id`);
  for (const [index, step] of steps.entries()) {
    for (const [position, need] of step.needs.entries()) {
      const path = `steps[${index}].needs[${position}]`;
      if (!ids.includes(need)) problems.push({ path, message: `there is no step ${need}; known: ${ids.join(', ')}` });
      if (fallbacks.has(need))
        problems.push({ path, message: `${need} is a fallback: need the step that it stands in for` });
    }
    if (typeof step.onFailure !== 'object') continue;
    const { fallback } = step.onFailure;
    const path = `steps[${index}].onFailure.fallback`;
    if (!ids.includes(fallback)) problems.push({ path, message: `there is no step ${fallback}` });
    if (fallback === step.id) problems.push({ path, message: 'a step cannot be its own fallback' });
    const standIn = steps.find((candidate) => candidate.id === fallback);
    if (standIn?.needs.some((need) => !step.needs.includes(need)) === true) {
      problems.push({ path, message: `${fallback} needs steps that ${step.id} does not need` });
    }
  }
  const cycle = findCycle(steps);
  if (cycle !== undefined)
    problems.push({ path: 'steps', message: `the steps need each other in a cycle: ${cycle.join(' → ')}` });
  return problems;
}

function stepProblems(leadMagnet: LeadMagnet, step: Step, path: string): DefinitionProblem[] {
  const upstream = upstreamOf(leadMagnet.steps, step.id);
  const scope = scopeOf(leadMagnet, upstream);
  const budgetSeconds = step.kind === 'computer_use' ? step.budget.seconds : undefined;
  const limits = effectiveLimits(step.kind, step.limits, budgetSeconds);
  const problems = limitProblems(limits, budgetSeconds).map((message) => ({ path: `${path}.limits`, message }));
  return [
    ...problems,
    ...stepTemplates(step, path, scope),
    ...environmentProblems(step, path),
    ...schemaProblems(step, `${path}.output.schema`),
    ...approvalProblems(leadMagnet, step, `${path}.approvals`),
    ...secretProblems(step, `${path}.secrets`),
    ...fileProblems(leadMagnet, step, upstream, `${path}.files`),
  ];
}

function schemaProblems(step: Step, path: string): readonly DefinitionProblem[] {
  const schema = 'output' in step ? step.output?.schema : undefined;
  return schema === undefined ? [] : outputSchemaProblems(schema, path);
}

function environmentProblems(step: Step, path: string): DefinitionProblem[] {
  if (step.kind !== 'computer_use' || step.environment === 'browser') return [];
  const message = `no driver for ${step.environment} is configured; only browser can be driven`;
  return [{ path: `${path}.environment`, message }];
}

function secretProblems(step: Step, path: string): DefinitionProblem[] {
  if (step.kind !== 'computer_use') return [];
  return secretBindingProblems(step.secrets ?? []).map((problem) => ({ ...problem, path: `${path}${problem.path}` }));
}

function fileProblems(
  leadMagnet: LeadMagnet,
  step: Step,
  upstream: ReadonlySet<string>,
  path: string,
): DefinitionProblem[] {
  const files = 'files' in step ? step.files : undefined;
  if (files === undefined) return [];
  const steps = leadMagnet.steps.filter(({ id }) => upstream.has(id));
  return stepFileProblems(leadMagnet.form.fields, files, steps).map((problem) => ({
    ...problem,
    path: `${path}${problem.path}`,
  }));
}

function approvalProblems({ totalSeconds }: LeadMagnet, step: Step, path: string): DefinitionProblem[] {
  if (step.kind !== 'computer_use' || step.approvals === undefined) return [];
  const { expiresAfter, risky = [] } = step.approvals;
  const seconds = expiresAfter === undefined ? null : durationSeconds(expiresAfter);
  const expiry =
    seconds === null
      ? undefined
      : seconds < 1
        ? 'nobody can answer within no time'
        : seconds >= totalSeconds
          ? `${expiresAfter} is not below the job's totalSeconds ${totalSeconds}: the job would end first`
          : undefined;
  return [
    ...(expiry === undefined ? [] : [{ path: `${path}.expiresAfter`, message: expiry }]),
    ...risky.flatMap(({ origin }, index) => {
      const problem = origin === undefined ? undefined : allowListProblem(origin);
      return problem === undefined ? [] : [{ path: `${path}.risky[${index}].origin`, message: problem }];
    }),
  ];
}

function stepTemplates(step: Step, path: string, scope: Scope): DefinitionProblem[] {
  switch (step.kind) {
    case 'computer_use':
      return [
        ...textProblems(step.startUrl, `${path}.startUrl`, scope.data),
        ...textProblems(step.goal, `${path}.goal`, scope.data),
      ];
    case 'ai':
      return textProblems(step.instructions, `${path}.instructions`, scope.data);
    case 'render':
      return textProblems(step.template, `${path}.template`, scope.data);
    case 'batch':
      return batchTemplates(step, path, scope.data);
    case 'tool':
      return toolStepProblems(step, path, scope.data);
    case 'code':
      return codeStepProblems(step, path, scope.data);
    case 'webhook':
      return [
        ...textProblems(step.url, `${path}.url`, scope.data),
        ...valueProblems(step.headers, `${path}.headers`, scope.withSecrets),
        ...valueProblems(step.body, `${path}.body`, scope.data),
        ...signingProblems(step.secret, `${path}.secret`, scope),
      ];
  }
}

function navigateProblems(leadMagnet: LeadMagnet, pattern: string, index: number): DefinitionProblem[] {
  const path = `network.navigate[${index}]`;
  const scope: Shape = { kind: 'object', parts: { form: objectOf(leadMagnet.form.fields.map((field) => field.id)) } };
  const problems = textProblems(pattern, path, scope);
  const fixed = !pattern.includes('{{');
  const problem = fixed ? allowListProblem(pattern) : undefined;
  return problem === undefined ? problems : [...problems, { path, message: problem }];
}

function scopeOf(leadMagnet: LeadMagnet, visible: ReadonlySet<string>): Scope {
  const steps = leadMagnet.steps.filter((step) => visible.has(step.id)).map((step) => [step.id, outputShape(step)]);
  const parts: Readonly<Record<string, Shape>> = {
    form: objectOf(leadMagnet.form.fields.map((field) => field.id)),
    job: objectOf(['id', 'url', 'submittedAt']),
    leadMagnet: objectOf(['slug', 'name', 'version']),
    steps: { kind: 'object', parts: Object.fromEntries(steps) },
  };
  // Secrets never reach a prompt or a deliverable: they are available only where a template is sent to its own
  // receiver.
  return {
    data: { kind: 'object', parts },
    withSecrets: { kind: 'object', parts: { ...parts, secret: { kind: 'unknown' } } },
  };
}

function outputShape(step: Step): Shape {
  const output = ((): Shape => {
    switch (step.kind) {
      case 'computer_use':
      case 'ai':
        return step.output === undefined ? objectOf(['text']) : shapeOfSchema(step.output.schema);
      case 'code':
        return shapeOfSchema(step.output?.schema);
      case 'webhook':
        return { kind: 'object', parts: { status: { kind: 'value' }, body: { kind: 'unknown' } } };
      case 'render':
        return objectOf(['markdown']);
      case 'batch':
        return batchOutputShape(step);
      case 'tool':
        return toolOutputShape();
    }
  })();
  return { kind: 'object', parts: { output } };
}
