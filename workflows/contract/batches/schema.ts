/** Schemas of batches for the edges: definition, limits, items and views. Not for the workflow sandbox. */
import { z } from 'zod';
import { batchItemStatuses, batchOutcomes, batchStates } from './batch.ts';
import { batchLimitProblems, defaultBatchLimits, type BatchLimits } from './limits.ts';
import { batchModes } from './mode.ts';
import type { JsonObject } from '../json/json.ts';
import { templateNames } from '../lead-magnets/template.ts';

const d = defaultBatchLimits;

/** Limits as clients send them; a missing limit gets its default. Each contradiction is refused with a sentence. */
export const BatchLimitsSchema = z
  .strictObject({
    parallel: z.int().default(d.parallel).describe('items under way in parallel'),
    pageSize: z.int().default(d.pageSize).describe('items that one run of the workflow handles'),
    itemSeconds: z.number().default(d.itemSeconds).describe('time limit of one item'),
    itemClock: z.enum(['submission', 'creation']).default(d.itemClock).describe("when an item's time limit begins"),
    jobSeconds: z.number().default(d.jobSeconds).describe('time limit of the whole batch'),
    retries: z.int().default(d.retries).describe('attempts of an item after its first'),
    callSeconds: z.number().default(d.callSeconds).describe('time limit of one call to the provider'),
    callsPerHour: z.int().default(d.callsPerHour).describe('submissions in any 60 minutes'),
    capUsd: z.number().default(d.capUsd).describe('US dollars for the whole batch, never exceeded'),
    capPerHourUsd: z.number().default(d.capPerHourUsd).describe('US dollars in any 60 minutes'),
    lostSeconds: z
      .number()
      .min(0)
      .max(24 * 3600)
      .default(d.lostSeconds)
      .describe("how long an unacknowledged call waits for the provider's event before it counts as lost"),
    resubmitUncertain: z
      .boolean()
      .default(d.resubmitUncertain)
      .describe('retry, and flag, an item whose call may have been paid and lost'),
  })
  .superRefine((limits: BatchLimits, context) => {
    for (const message of batchLimitProblems(limits)) context.addIssue({ code: 'custom', message });
  });

/** Changes of limits while a batch runs; the workflow checks them against the other limits. */
export const BatchLimitChangesSchema = z
  .strictObject({
    parallel: z.int(),
    itemSeconds: z.number(),
    jobSeconds: z.number(),
    retries: z.int(),
    callSeconds: z.number(),
    callsPerHour: z.int(),
    capUsd: z.number(),
    capPerHourUsd: z.number(),
  })
  .partial();

/** A prompt template over `{ item }`; other names in it are refused. */
export const promptTemplate = z
  .string()
  .min(1, 'is empty; say what to do with an item, as in Translate: {{item.text}}')
  .max(100_000)
  .superRefine((text, context) => {
    const { names, problem } = templateNames(text);
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
    for (const { path, sections } of names) {
      const known = path === 'item' || path.startsWith('item.') || path === '.' || sections.length > 0;
      if (!known) context.addIssue({ code: 'custom', message: `{{${path}}} is not known; use {{item}} or {{item.…}}` });
    }
  });

/** What a batch does to each item. `prompt` is Mustache over `{ item }`, as in `Translate: {{item.text}}`. */
export const BatchDefinitionSchema = z.strictObject({
  name: z.string().min(1).max(120),
  model: z.string().min(1).max(100),
  instructions: z.string().max(100_000).nullable().default(null).describe("the model's standing instructions"),
  prompt: promptTemplate.describe('Mustache: {{item.field}} names a field of the item'),
  outputSchema: z
    .custom<JsonObject>((value) => typeof value === 'object' && value !== null && !Array.isArray(value), {
      error: 'must be a JSON Schema object',
    })
    .nullable()
    .default(null)
    .meta({ type: ['object', 'null'], description: 'a JSON Schema that each answer must fit' }),
  maxOutputTokens: z.int().min(16).max(200_000).default(1024).describe('bounds what one call can cost'),
  reasoningEffort: z.enum(['none', 'low', 'medium', 'high', 'xhigh']).nullable().default(null),
  mode: z
    .enum(batchModes)
    .default('standard')
    .describe("`economy`: by the provider's batch API, at half price, within 24 hours"),
  limits: BatchLimitsSchema.prefault({}),
});
export type BatchDefinition = z.infer<typeof BatchDefinitionSchema>;

/** One item as it is imported: an object of fields (a CSV row, a JSONL object). */
export const BatchItemInputSchema = z.record(z.string(), z.json());
export type BatchItemInput = z.infer<typeof BatchItemInputSchema>;

/** The number of items of each status. */
const BatchCountsSchema = z
  .record(z.enum(batchItemStatuses), z.int().min(0))
  .meta({ required: [...batchItemStatuses] });

/** A definition as the API returns it: with its defaults filled in, so that all fields are required in the OpenAPI document. */
const AnsweredDefinitionSchema = BatchDefinitionSchema.extend({
  limits: BatchLimitsSchema.meta({ required: Object.keys(d) }),
}).meta({ required: Object.keys(BatchDefinitionSchema.shape) });

export const BatchPauseSchema = z.object({
  by: z.enum(['person', 'budget', 'provider']),
  message: z.string(),
  at: z.string(),
});

/** Who paused a batch, and why. */
export const pausedBy = { person: 'a person', budget: 'its cap', provider: 'the provider' } as const;

/** A batch as clients see it; read from the store, so it needs no running worker. */
export const BatchViewSchema = z.object({
  id: z.string(),
  tenant: z.string(),
  definition: AnsweredDefinitionSchema,
  state: z.enum(batchStates),
  isReopening: z
    .boolean()
    .describe('it has ended, and its failed items are being reopened: it runs again when they are'),
  outcome: z.enum(batchOutcomes).nullable(),
  reason: z.object({ type: z.string(), message: z.string() }).nullable(),
  pause: BatchPauseSchema.nullable(),
  itemCount: z.int(),
  counts: BatchCountsSchema,
  flagged: z.int().describe('items with a call that may have been paid twice or without an answer'),
  spentUsd: z.number().describe('US dollars spent'),
  reservedUsd: z.number().describe('US dollars reserved for calls under way: the highest that they can cost'),
  estimateUsd: z.number().nullable().describe('estimated when the batch starts'),
  worstUsd: z.number().nullable().describe('the cost if every answer had the maximum length'),
  continuations: z.int(),
  createdAt: z.string(),
  startedAt: z.string().nullable(),
  endedAt: z.string().nullable(),
  version: z.int().describe('increases with each change of the batch itself'),
});
export type BatchView = z.infer<typeof BatchViewSchema>;

/** One item with its result, as it is exported: a line of the JSONL. */
export const BatchItemViewSchema = z.object({
  position: z.int().describe('from 0, in the order of import'),
  status: z.enum(batchItemStatuses),
  item: BatchItemInputSchema,
  output: z.json().describe('the answer; null when there is none'),
  outputRemovedAfterDays: z
    .int()
    .nullable()
    .describe('the answer was removed, so many days after the batch ended; null while it is kept'),
  attempts: z.int(),
  responseId: z.string().nullable().describe("the provider's id of the last response"),
  flagged: z.boolean().describe('a call may have been paid twice or without an answer'),
  inputTokens: z.int(),
  cachedInputTokens: z.int(),
  outputTokens: z.int(),
  costUsd: z.number(),
  error: z.object({ type: z.string(), message: z.string() }).nullable(),
  createdAt: z.string(),
  submittedAt: z.string().nullable().describe('first submission'),
  endedAt: z.string().nullable(),
});
export type BatchItemView = z.infer<typeof BatchItemViewSchema>;
