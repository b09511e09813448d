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
import { defaultPsnrDb, type ExperimentSpec } from '../../workflows/contract/experiments/spec.ts';
import {
  StoredLimitsSchema,
  StoredSpecSchema,
  StoredVideoInfoSchema,
} from '../../workflows/contract/experiments/stored.ts';
import type { VideoInfo } from '../../workflows/contract/experiments/video.ts';
import { ExperimentFailureSchema, type ExperimentPulse } from '../../workflows/contract/experiments/view.ts';
import type { Tables } from '../database/database.ts';

/** What a line of the list needs: the spec, which may have the code in it, is not among it. */
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
] as const;

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

const StateSchema = z.enum(experimentStates);
const PhaseSchema = z.enum(experimentPhases).nullable();

export function rowOf(row: Selectable<Tables['experiments']>): ExperimentRow {
  return {
    ...lineRowOf(row),
    spec: StoredSpecSchema.parse(JSON.parse(row.spec)),
    limits: StoredLimitsSchema.parse(JSON.parse(row.limits)),
    video: readColumn(StoredVideoInfoSchema, row.video),
    progress: readColumn(ProgressSchema, row.progress),
  };
}

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
    failure: readFailure(row.failure),
    acceptedAt: row.accepted_at,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    version: row.version,
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
    progress: readColumn(ProgressSchema, row.progress),
  };
}

/** A failure that cannot be read is told as one: a single record must not keep the others of a page from being shown. */
export function readFailure(text: string | null): ExperimentFailure | null {
  return text === null ? null : (readColumn(ExperimentFailureSchema, text) ?? unreadable);
}

const unreadable: ExperimentFailure = {
  phase: 'store',
  type: 'installation',
  message: 'the record of why it ended cannot be read',
  line: null,
};

const WantedSchema = z.object({ psnrDb: z.number() });

/** Whatever the rest of a spec is like: an experiment must be able to end. */
export function wantedPsnrDb(spec: string): number {
  return readColumn(WantedSchema, spec)?.psnrDb ?? defaultPsnrDb;
}

/** Null for what is missing, or of another shape. */
function readColumn<Value>(schema: z.ZodType<Value>, text: string | null): Value | null {
  if (text === null) return null;
  try {
    return schema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
