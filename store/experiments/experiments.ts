/**
 * Experiments: what was asked, how far each is, how it ended. Each has one row for its whole life, and one for each round: a late
 * or repeated write changes nothing, and never makes a second record. Whatever has ended stays as it is.
 */
import type { Updateable } from 'kysely';
import { bestOf } from '../../workflows/contract/experiments/front.ts';
import type { ExperimentLimits } from '../../workflows/contract/experiments/limits.ts';
import type {
  ContentReference,
  EndExperimentInput,
  ExperimentEnd,
  ExperimentFailure,
  ExperimentPhase,
  RoundEnd,
} from '../../workflows/contract/experiments/experiment.ts';
import type { ExperimentSpec } from '../../workflows/contract/experiments/spec.ts';
import type { VideoInfo } from '../../workflows/contract/experiments/video.ts';
import { experimentPhases, isExperimentEnd } from '../../workflows/contract/experiments/experiment.ts';
import type { Database, Tables } from '../database/database.ts';
import { inTransaction, type Lock } from '../database/transactions.ts';
import { withRun } from '../runs/insert-run.ts';
import { experimentRun } from '../runs/experiment-run.ts';
import { runColumns, runPartsOf } from './run-columns.ts';
import { endOfExperiment } from './experiment-end.ts';
import {
  lineColumns,
  lineRowOf,
  rowOf,
  wantedPsnrDb,
  type ExperimentRow,
  type PhaseProgress,
} from './experiment-row.ts';
import { endOfRound, insertRound, ratedOf, roundsOf } from './rounds.ts';

export interface NewExperiment {
  readonly id: string;
  readonly spec: ExperimentSpec;
  readonly specHash: string;
  readonly limits: ExperimentLimits;
  readonly now: Date;
}

export interface BegunPhase {
  readonly phase: ExperimentPhase;
  /** 0 for the phases of the whole experiment. */
  readonly round: number;
}

export type HeldContent = 'frames' | 'code' | 'encoded' | 'decoded';

export interface Experiments {
  /** `exists`: the same was asked under this id; `conflict`: something else was. */
  accept(experiment: NewExperiment): Promise<'created' | 'exists' | 'conflict'>;
  find(id: string): Promise<ExperimentRow | null>;
  /** Records that Temporal has it. */
  handedOver(id: string): Promise<void>;
  /**
   * Records that a worker has begun a phase; a late attempt of an earlier phase changes nothing. False when the experiment has ended, or
   * is not known.
   */
  begin(id: string, begun: BegunPhase, now: Date): Promise<boolean>;
  /** Records a heartbeat; nothing happens when the phase is over. */
  progress(id: string, begun: BegunPhase, progress: PhaseProgress): Promise<void>;
  /** Records the video that the phase `dispatch` has made. */
  dispatched(id: string, video: VideoInfo): Promise<void>;
  /** Records a round with its files, once. */
  endRound(end: RoundEnd, now: Date): Promise<void>;
  /** Ends an experiment, once. Returns how it ended: now, or before; null when it is not known. */
  end(end: EndExperimentInput, now: Date): Promise<ExperimentEnd | null>;
  /** Ends an experiment that no worker has begun. False when one has, or it has ended. */
  cancelUnbegun(id: string, now: Date): Promise<boolean>;
  /** Keeps content that the next phase needs, under its name in the round; 0 for that of all rounds. */
  hold(id: string, round: number, name: HeldContent, content: ContentReference): Promise<void>;
}

export function createExperiments(database: Database): Experiments {
  return {
    async accept(experiment) {
      const { numInsertedOrUpdatedRows = 0n } = await database
        .insertInto('experiments')
        .values(columnsOf(experiment))
        .onConflict((conflict) => conflict.column('id').doNothing())
        .executeTakeFirstOrThrow();
      if (numInsertedOrUpdatedRows > 0n) return 'created';
      const { id, specHash } = experiment;
      const row = await database.selectFrom('experiments').select('spec_hash').where('id', '=', id).executeTakeFirst();
      return row?.spec_hash === specHash ? 'exists' : 'conflict';
    },
    async find(id) {
      const row = await database.selectFrom('experiments').selectAll().where('id', '=', id).executeTakeFirst();
      return row === undefined ? null : rowOf(row);
    },
    async handedOver(id) {
      await database.updateTable('experiments').set({ handed_over: 1 }).where('id', '=', id).execute();
    },
    begin: (id, { phase, round }, now) =>
      inTransaction(database, lockExperiment(id), async (transaction) => {
        const row = await transaction
          .selectFrom('experiments')
          .select(shownPhase)
          .where('id', '=', id)
          .executeTakeFirst();
        if (row === undefined || !unended.includes(row.state)) return false;
        if (row.round > round || (row.round === round && orderOf(row.phase) > orderOf(phase))) return true;
        const started_at = row.started_at ?? now.toISOString();
        return change(transaction, id, { phase, state: 'processing', round, started_at, progress: null });
      }),
    async progress(id, { phase, round }, progress) {
      await database
        .updateTable('experiments')
        .set((columns) => ({ progress: JSON.stringify(progress), version: columns('version', '+', 1) }))
        .where('id', '=', id)
        .where('phase', '=', phase)
        .where('round', '=', round)
        .execute();
    },
    async dispatched(id, video) {
      await change(database, id, { video: JSON.stringify(video) });
    },
    endRound: (end, now) =>
      inTransaction(database, lockExperiment(end.experimentId), async (transaction) => {
        const known = await change(transaction, end.experimentId, { round: end.round });
        if (known) await insertRound(transaction, end, now);
      }),
    end: ({ experimentId: id, failure, times = null }, now) =>
      inTransaction(database, lockExperiment(id), async (transaction) => {
        const row = await transaction
          .selectFrom('experiments')
          .select((columns) => [...lineColumns, 'spec', ...runColumns(columns)])
          .where('id', '=', id)
          .executeTakeFirst();
        if (row === undefined) return null;
        const line = lineRowOf(row);
        if (isExperimentEnd(line.state)) return line.state;
        const rounds = await roundsOf(transaction, id);
        const ended = endOfExperiment(rounds.map(endOfRound), failure);
        const run = experimentRun({ ...line, ...runPartsOf(row, rounds) }, ended, now, times);
        const columns = {
          state: ended.state,
          failure: ended.failure === null ? null : JSON.stringify(ended.failure),
          phase: null,
          progress: null,
          best_round: bestOf(ratedOf(rounds), wantedPsnrDb(row.spec)),
          ended_at: now.toISOString(),
        };
        await withRun(transaction, run, (creator) => change(creator, id, columns));
        return ended.state;
      }),
    async cancelUnbegun(id, now) {
      const { numUpdatedRows } = await database
        .updateTable('experiments')
        .set((columns) => ({
          state: 'cancelled',
          failure: JSON.stringify(cancelledUnbegun),
          ended_at: now.toISOString(),
          version: columns('version', '+', 1),
        }))
        .where('id', '=', id)
        .where('state', '=', 'created')
        .executeTakeFirstOrThrow();
      return numUpdatedRows > 0n;
    },
    async hold(id, round, name, { sha256, bytes }) {
      await database
        .insertInto('experiment_contents')
        .values({ experiment_id: id, round, name, sha256, bytes })
        .onConflict((conflict) => conflict.columns(['experiment_id', 'round', 'name']).doUpdateSet({ sha256, bytes }))
        .execute();
    },
  };
}

const cancelledUnbegun: ExperimentFailure = {
  phase: 'dispatch',
  type: 'cancelled',
  message: 'the experiment was cancelled before a worker began it',
  line: null,
};

const unended = ['created', 'processing'];
const shownPhase = ['state', 'phase', 'round', 'started_at'] as const;

/** The place of a phase within its round; -1 before the first. */
function orderOf(phase: string | null): number {
  return experimentPhases.findIndex((known) => known === phase);
}

/** Whether the experiment was there and had not ended. */
async function change(
  database: Pick<Database, 'updateTable'>,
  id: string,
  changed: Updateable<Omit<Tables['experiments'], 'tenant' | 'version'>>,
): Promise<boolean> {
  const { numUpdatedRows } = await database
    .updateTable('experiments')
    .set((columns) => ({ ...changed, version: columns('version', '+', 1) }))
    .where('id', '=', id)
    .where('state', 'in', unended)
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

function columnsOf({ id, spec, specHash, limits, now }: NewExperiment) {
  return {
    id,
    name: spec.name ?? null,
    state: 'created',
    spec: JSON.stringify(spec),
    spec_hash: specHash,
    limits: JSON.stringify(limits),
    rounds: spec.rounds,
    round: 0,
    handed_over: 0,
    accepted_at: now.toISOString(),
    version: 1,
    video_sha256: spec.video.kind === 'stored' ? spec.video.sha256 : null,
  };
}

export function lockExperiment(id: string): Lock {
  return async (transaction) => {
    await transaction.selectFrom('experiments').select('id').where('id', '=', id).forUpdate().execute();
  };
}
