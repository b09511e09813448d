/** The rows of experiments, parsed. */
import type { Selectable } from 'kysely';
import { z } from 'zod';
import {
  experimentPhases,
  experimentStates,
  type ExperimentFailure,
  type ExperimentPhase,
  type ExperimentState,
} from '../../workflows/contract/experiments/experiment.ts';
import type { ExperimentLimits } from '../../workflows/contract/experiments/limits.ts';
import { ExperimentSpecSchema, type ExperimentSpec } from '../../workflows/contract/experiments/spec.ts';
import { VideoInfoSchema, type VideoInfo } from '../../workflows/contract/experiments/video.ts';
import { ExperimentFailureSchema, type ExperimentPulse } from '../../workflows/contract/experiments/view.ts';
import type { Tables } from '../database/database.ts';

/** What lists show. */
export interface ExperimentLineRow {
  readonly id: string;
  readonly tenant: string;
  readonly name: string | null;
  readonly state: ExperimentState;
  readonly phase: ExperimentPhase | null;
  readonly rounds: number;
  readonly round: number;
  readonly bestRound: number | null;
  readonly failure: ExperimentFailure | null;
  readonly acceptedAt: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly version: number;
}

export interface ExperimentRow extends ExperimentLineRow {
  readonly spec: ExperimentSpec;
  readonly limits: ExperimentLimits;
  readonly video: VideoInfo | null;
  readonly progress: PhaseProgress | null;
}

/** What the worker last saw of the phase under way. */
export interface PhaseProgress {
  readonly at: string;
  readonly phaseSeconds: number;
  readonly memoryBytes: number;
  readonly processorSeconds: number;
}

const ProgressSchema: z.ZodType<PhaseProgress> = z.object({
  at: z.string(),
  phaseSeconds: z.number(),
  memoryBytes: z.number(),
  processorSeconds: z.number(),
});

const LimitsSchema: z.ZodType<ExperimentLimits> = z.object({
  dispatchSeconds: z.number(),
  writeSeconds: z.number(),
  encodeSeconds: z.number(),
  decodeSeconds: z.number(),
  scoreSeconds: z.number(),
  storeSeconds: z.number(),
  totalSeconds: z.number(),
  waitSeconds: z.number(),
  heartbeatSeconds: z.number(),
  attempts: z.number(),
  memoryBytes: z.number(),
});
const StateSchema = z.enum(experimentStates);
const PhaseSchema = z.enum(experimentPhases).nullable();

/** Without what was asked, which may have 200 kB. */
export const lineColumns = [
  'id',
  'tenant',
  'name',
  'state',
  'phase',
  'rounds',
  'round',
  'best_round',
  'failure',
  'accepted_at',
  'started_at',
  'ended_at',
  'version',
] as const satisfies readonly (keyof Selectable<Tables['experiments']>)[];

export function lineRowOf(
  row: Pick<Selectable<Tables['experiments']>, (typeof lineColumns)[number]>,
): ExperimentLineRow {
  return {
    id: row.id,
    tenant: row.tenant,
    name: row.name,
    state: StateSchema.parse(row.state),
    phase: PhaseSchema.parse(row.phase),
    rounds: row.rounds,
    round: row.round,
    bestRound: row.best_round,
    failure: parsed(ExperimentFailureSchema, row.failure),
    acceptedAt: row.accepted_at,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    version: row.version,
  };
}

export function rowOf(row: Selectable<Tables['experiments']>): ExperimentRow {
  return {
    ...lineRowOf(row),
    spec: ExperimentSpecSchema.parse(JSON.parse(row.spec)),
    limits: LimitsSchema.parse(JSON.parse(row.limits)),
    video: parsed(VideoInfoSchema, row.video),
    progress: parsed(ProgressSchema, row.progress),
  };
}

export function pulseOf(
  row: Pick<Selectable<Tables['experiments']>, 'id' | 'version' | 'state' | 'phase' | 'round' | 'progress'>,
): ExperimentPulse {
  return {
    id: row.id,
    version: row.version,
    state: StateSchema.parse(row.state),
    phase: PhaseSchema.parse(row.phase),
    round: row.round,
    progress: parsed(ProgressSchema, row.progress),
  };
}

function parsed<Value>(schema: z.ZodType<Value>, text: string | null): Value | null {
  return text === null ? null : schema.parse(JSON.parse(text));
}
