/**
 * Every name that several processes must agree on: task queues, workflow types, workflow ids, search attributes. They
 * are declared only here; no other file has such a literal. Safe in the workflow sandbox.
 */
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';

/** Whose everything is in an installation that knows of no other tenants. */
export const defaultTenant = 'default';

/** One queue a resource: the work on a queue competes for the same thing (a browser slot, a provider's rate, a CPU). */
export const queueKinds = ['jobs', 'llm', 'browser', 'sandbox', 'sandbox-gpu'] as const;
export type QueueKind = (typeof queueKinds)[number];

/** What workers serve that are not told their queues: only who has a graphics card can know it. */
export const usualQueueKinds = ['jobs', 'llm', 'browser', 'sandbox'] as const satisfies readonly QueueKind[];

/** The task queue of a kind, e.g. `lodestone-browser`. The prefix lets two installations share one Temporal server. */
export function taskQueue(prefix: string, kind: QueueKind): string {
  return `${prefix}-${kind}`;
}

/** The queue of another kind with the same prefix, derived from the queue that a workflow runs on: that of jobs, without a hyphen. */
export function siblingQueue(ownQueue: string, kind: QueueKind): string {
  return taskQueue(queuePrefixOf(ownQueue), kind);
}

/** The prefix of an installation, derived from the queue that a workflow runs on: that of jobs, without a hyphen. */
export function queuePrefixOf(ownQueue: string): string {
  return ownQueue.slice(0, ownQueue.lastIndexOf('-'));
}

export const leadMagnetJobType = 'leadMagnetJob';

export const redeliveryType = 'redelivery';

/** The id of the workflow that sends a delivery again: the same for the same request, so that two clicks start one. */
export function redeliveryId(jobId: string, delivery: string, number: number): string {
  return `redelivery_${jobId}_${delivery}_${number}`;
}

/** How the id of each step's batch begins, before the id of its job. */
export const stepBatchPrefix = 'batch_step_';

/** The id of the batch that a step of a job runs, and of its workflow. */
export function stepBatchId(jobId: string, stepId: string, generation: number): string {
  return `${stepBatchPrefix}${jobId}_${stepId}_${generation}`;
}

/** Whether a batch belongs to a step: then only its job can start it. */
export function isStepBatch(batchId: string): boolean {
  return batchId.startsWith(stepBatchPrefix);
}

/** The id of the tool request that a step of a job makes, and of its workflow. */
export function stepToolRequestId(jobId: string, stepId: string, generation: number): string {
  return `tool_step.${jobId}.${stepId}.${generation}`;
}

/** The job and the step that pay for a tool request: those that made it, or else the request itself. */
export function payerOf(requestId: string): { readonly jobId: string; readonly stepId: string | null } {
  const [, jobId, stepId] = /^tool_step\.(.+)\.([a-z][a-z0-9_]*)\.\d+$/.exec(requestId) ?? [];
  return jobId === undefined || stepId === undefined ? { jobId: requestId, stepId: null } : { jobId, stepId };
}

export const searchAttributes = {
  tenant: defineSearchAttributeKey('LodestoneTenant', SearchAttributeType.KEYWORD),
  leadMagnet: defineSearchAttributeKey('LodestoneLeadMagnet', SearchAttributeType.KEYWORD),
  state: defineSearchAttributeKey('LodestoneState', SearchAttributeType.KEYWORD),
  errorClass: defineSearchAttributeKey('LodestoneErrorClass', SearchAttributeType.KEYWORD),
  /** Whether a question to a person is open. */
  needsApproval: defineSearchAttributeKey('LodestoneNeedsApproval', SearchAttributeType.BOOL),
  costUsd: defineSearchAttributeKey('LodestoneCostUsd', SearchAttributeType.DOUBLE),
} as const;

/** The file with all results of a batch step, as JSON lines. */
export function batchResultsName(stepId: string): string {
  return `${stepId}.results.jsonl`;
}

/** The file with a step's output. */
export function outputName(stepId: string): string {
  return `${stepId}.output.json`;
}

/** A file that the code of a step has written. */
export function codeFileName(stepId: string, file: string): string {
  return `${stepId}.${file}`;
}

/** The file with what the code of a step has printed. */
export function codeLogName(stepId: string): string {
  return codeFileName(stepId, 'log.txt');
}

/** Whether the code of a step may have written the file of a name. */
export function isCodeFile(stepId: string, name: string): boolean {
  return name.length > stepId.length + 1 && name.startsWith(`${stepId}.`);
}

/** The artifacts of a render step. */
export function renderedNames(stepId: string, pdf: boolean): readonly string[] {
  return [`${stepId}.md`, `${stepId}.html`, ...(pdf ? [`${stepId}.pdf`] : [])];
}

/** A delivery's name within its job: its own id, or its kind and position, like `email_1`. */
export function deliveryId(
  delivery: { readonly id?: string | undefined; readonly kind: string },
  index: number,
): string {
  return delivery.id ?? `${delivery.kind}_${index + 1}`;
}

/** The key of a delivery's effect, and of each repetition that a person asked for, with a number above 0. */
export function deliveryKey(jobId: string, delivery: string, number: number): string {
  return `${jobId}/delivery/${delivery}${number === 0 ? '' : `/${number}`}`;
}
