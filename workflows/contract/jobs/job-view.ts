/**
 * A job as people and programs see it: the answer of `GET /v1/jobs/{id}`, the command line's `--json`, and the data of
 * the job page. Activities write it to the store, so that it is read in milliseconds without any worker.
 */
import { z } from 'zod';
import { approvalStates } from '../computer-use/approvals.ts';
import { deliveryStates, jobOutcomes, jobStates, stepStates } from './states.ts';
import { stepKinds } from '../limits/limits.ts';

const ReasonViewSchema = z.object({
  type: z.string().describe('from a closed list, e.g. iteration_limit'),
  message: z.string(),
});

const UsageSchema = z.object({
  modelCalls: z.int(),
  inputTokens: z.int(),
  cachedInputTokens: z.int(),
  outputTokens: z.int(),
  costUsd: z.number().describe('US dollars'),
});

const ArtifactViewSchema = z.object({
  name: z.string(),
  step: z.string().nullable(),
  mediaType: z.string(),
  bytes: z.int(),
  sha256: z.string(),
  deliverable: z.boolean(),
  createdAt: z.string(),
  removedAfterDays: z
    .int()
    .nullable()
    .describe('its content was removed, so many days after the job ended; null while it is kept'),
});
export type ArtifactView = z.infer<typeof ArtifactViewSchema>;

export const ApprovalViewSchema = z.object({
  requestId: z.string(),
  step: z.string(),
  state: z.enum(approvalStates),
  question: z.string().describe('the question, as text'),
  url: z.string().describe('the page that it is about'),
  screenshot: z.object({ name: z.string(), sha256: z.string() }).describe('the screenshot; an artifact of the job'),
  askedAt: z.string(),
  expiresAt: z.string(),
  decidedAt: z.string().nullable(),
  decidedBy: z.string().nullable(),
  note: z.string().nullable().describe('a note of the person; after a refusal the model gets it'),
});
export type ApprovalView = z.infer<typeof ApprovalViewSchema>;

const StepViewSchema = z.object({
  id: z.string(),
  title: z.string(),
  kind: z.enum(stepKinds),
  needs: z.array(z.string()),
  generation: z.int(),
  state: z.enum(stepStates),
  reason: ReasonViewSchema.nullable(),
  attempts: z.int(),
  iterations: z.int().describe('turns of a computer-use loop'),
  recoveryLevel: z
    .enum(['fresh', 'reattached', 'restored', 'restarted'])
    .nullable()
    .describe('how the last attempt got its browser'),
  startedAt: z.string().nullable(),
  endedAt: z.string().nullable(),
  durationMilliseconds: z.int().nullable(),
  usage: UsageSchema,
  screenshot: z.string().nullable().describe('name of the newest screenshot among the artifacts'),
  note: z.string().nullable().describe('what the step does at the moment, in one line'),
});
export type StepView = z.infer<typeof StepViewSchema>;

export const DeliveryViewSchema = z.object({
  id: z.string(),
  kind: z.enum(['email', 'webhook']),
  state: z.enum(deliveryStates),
  attempts: z.int(),
  target: z.string().nullable().describe('the address, once known'),
  reason: ReasonViewSchema.nullable().describe('why it ended without being delivered'),
  lastError: z
    .string()
    .nullable()
    .describe('what went wrong with the newest attempt, or with some receivers of a mail'),
  redeliveries: z.int().describe('how often people had it sent again'),
  resendable: z
    .boolean()
    .describe('whether what it was sent with is kept, so that it can be sent again once it has ended'),
  scheduledFor: z.string().nullable(),
  deliveredAt: z.string().nullable(),
  changedAt: z.string(),
});
export type DeliveryView = z.infer<typeof DeliveryViewSchema>;

/** A row of the list of deliveries. */
export const DeliveryLineSchema = DeliveryViewSchema.extend({
  jobId: z.string(),
  leadMagnet: z.object({ slug: z.string(), name: z.string() }),
  submittedAt: z.string(),
});
export type DeliveryLine = z.infer<typeof DeliveryLineSchema>;

export const JobViewSchema = z.object({
  id: z.string(),
  tenant: z.string(),
  leadMagnet: z.object({ slug: z.string(), name: z.string(), version: z.int() }),
  state: z.enum(jobStates),
  outcome: z.enum(jobOutcomes).nullable(),
  reason: ReasonViewSchema.nullable(),
  note: z.string().nullable().describe('what the job waits for, in one line'),
  submittedAt: z.string(),
  startedAt: z.string().nullable(),
  endedAt: z.string().nullable(),
  durationMilliseconds: z.int().nullable(),
  limitsVersion: z
    .int()
    .describe('the version of the table of limits that it was accepted with; 0 is the built-in table'),
  usage: UsageSchema,
  steps: z.array(StepViewSchema),
  approvals: z.array(ApprovalViewSchema).describe('questions to people, oldest first'),
  deliveries: z.array(DeliveryViewSchema),
  artifacts: z.array(ArtifactViewSchema),
  version: z.int().describe('grows with every change'),
});
export type JobView = z.infer<typeof JobViewSchema>;

/** A row of the list of jobs. */
export const JobLineSchema = JobViewSchema.pick({
  id: true,
  tenant: true,
  leadMagnet: true,
  state: true,
  outcome: true,
  submittedAt: true,
  endedAt: true,
}).extend({ costUsd: z.number() });
export type JobLine = z.infer<typeof JobLineSchema>;

/** The events of a job in order. The cursor is the sequence; `type` is noun and verb, e.g. `step.started`. */
export const JobEventSchema = z.object({
  sequence: z.int(),
  at: z.string(),
  type: z.string(),
  step: z.string().nullable(),
  message: z.string(),
  data: z.record(z.string(), z.json()),
});
export type JobEvent = z.infer<typeof JobEventSchema>;
