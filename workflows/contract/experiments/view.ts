/** An experiment as people and programs read it. */
import { z } from 'zod';
import {
  experimentEnds,
  experimentFailureTypes,
  experimentPhases,
  experimentStates,
  type ExperimentFailure,
} from './experiment.ts';
import { MetricsSchema } from './metrics.ts';
import { StoredLimitsSchema, StoredSpecSchema, StoredVideoInfoSchema } from './stored.ts';

export const ExperimentFailureSchema: z.ZodType<ExperimentFailure> = z.object({
  phase: z.enum(experimentPhases),
  type: z.enum(experimentFailureTypes),
  message: z.string(),
  line: z.int().nullable().describe('of the code, from 1'),
});

export const ExperimentMetricsSchema = MetricsSchema.omit({ frames: true }).extend({ encodedBytes: z.int() });

const FileSchema = z.object({
  name: z.string(),
  mediaType: z.string(),
  bytes: z.int(),
  sha256: z.string(),
  removedAfterDays: z.int().nullable().describe('null while it is kept'),
});

const PhaseFigures = z.object({ seconds: z.number(), peakBytes: z.int() });

export const RoundViewSchema = z.object({
  number: z.int(),
  state: z.enum(experimentEnds),
  failure: ExperimentFailureSchema.nullable(),
  note: z.string().nullable().describe('what the model said of its code'),
  encoded: PhaseFigures.nullable(),
  decoded: PhaseFigures.nullable(),
  encodedBytes: z.int().nullable(),
  metrics: ExperimentMetricsSchema.nullable(),
  isBest: z.boolean(),
  isOnFront: z.boolean().describe('no other round has both less bitrate and more quality'),
  files: z.array(FileSchema),
  endedAt: z.string(),
});
export type RoundView = z.infer<typeof RoundViewSchema>;

export const ExperimentLineSchema = z.object({
  id: z.string(),
  tenant: z.string(),
  name: z.string().nullable(),
  state: z.enum(experimentStates),
  phase: z.enum(experimentPhases).nullable().describe('under way; null before and after'),
  round: z.int().describe('under way, or the last one; 0 before the first'),
  rounds: z.int().describe('the most that are made'),
  failure: ExperimentFailureSchema.nullable(),
  best: z
    .object({ round: z.int(), metrics: ExperimentMetricsSchema.nullable() })
    .nullable()
    .describe('the round that is kept as the best'),
  acceptedAt: z.string(),
  startedAt: z.string().nullable(),
  endedAt: z.string().nullable(),
  version: z.int().describe('grows with every change'),
});
export type ExperimentLine = z.infer<typeof ExperimentLineSchema>;

const ProgressSchema = z.object({
  at: z.string(),
  phaseSeconds: z.number(),
  memoryBytes: z.number(),
  processorSeconds: z.number(),
});

/** How far an experiment is, in few words: what those hear who watch it. */
export interface ExperimentPulse extends Pick<ExperimentLine, 'id' | 'version' | 'state' | 'phase' | 'round'> {
  readonly progress: z.infer<typeof ProgressSchema> | null;
}

export const ExperimentViewSchema = ExperimentLineSchema.extend({
  waitingBefore: z
    .int()
    .nullable()
    .describe('how many, of all tenants, wait for a worker before it; null for one that does not wait'),
  spec: StoredSpecSchema,
  limits: StoredLimitsSchema.describe(
    'those that it runs with: what it asked for, and the defaults of when it was accepted',
  ),
  video: StoredVideoInfoSchema.nullable().describe('null until it has been made or read'),
  progress: ProgressSchema.nullable().describe('the last heartbeat of the phase under way'),
  roundsMade: z.array(RoundViewSchema),
  usage: z.object({ modelCalls: z.int(), inputTokens: z.int(), outputTokens: z.int(), costUsd: z.number() }),
});
export type ExperimentView = z.infer<typeof ExperimentViewSchema>;
