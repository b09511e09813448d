/** Experiments as people and programs read them: one with its rounds, or a page of the list. */
import { sql, type Selectable } from 'kysely';
import { frontOf } from '../../workflows/contract/experiments/front.ts';
import type { ExperimentState } from '../../workflows/contract/experiments/experiment.ts';
import {
  ExperimentLineSchema,
  ExperimentViewSchema,
  RoundViewSchema,
  type ExperimentLine,
  type ExperimentPulse,
  type ExperimentView,
  type RoundView,
} from '../../workflows/contract/experiments/view.ts';
import type { Database, Tables } from '../database/database.ts';
import { paddedIds } from '../database/padded-ids.ts';
import type { ModelCalls } from '../jobs/model-calls.ts';
import type { ExperimentHealth } from './experiment-health.ts';
import { lineColumns, lineRowOf, pulseOf, rowOf, type ExperimentLineRow } from './experiment-row.ts';
import { endOfRound, metricsOf, ratedOf, roundsOf, type RoundRow } from './rounds.ts';

export interface ExperimentFilter {
  readonly state?: ExperimentState | undefined;
  /** The last experiment of the page before; an unknown one begins anew. */
  readonly before?: string | undefined;
  readonly limit: number;
}

export interface KeptFile {
  readonly name: string;
  readonly mediaType: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly removedAfterDays: number | null;
}

export interface ExperimentViews {
  find(id: string): Promise<ExperimentView | null>;
  /** The newest first; `next` is `before` of the next page, null on the last. */
  page(
    filter: ExperimentFilter,
  ): Promise<{ readonly experiments: readonly ExperimentLine[]; readonly next: string | null }>;
  /** How far these experiments are; one that is missing does not exist. */
  pulses(ids: readonly string[]): Promise<readonly ExperimentPulse[]>;
  /** Grows with every change; null when there is no such experiment. */
  version(id: string): Promise<number | null>;
  /** A file of a round. */
  file(id: string, round: number, name: string): Promise<KeptFile | null>;
  /** How many experiments of the tenant are in each state. */
  counts(): Promise<Readonly<Partial<Record<ExperimentState, number>>>>;
}

/** `database` is bound to a tenant, `health` to none. */
export function createExperimentViews(
  database: Database,
  modelCalls: ModelCalls,
  health: ExperimentHealth,
): ExperimentViews {
  return {
    async find(id) {
      const row = await database.selectFrom('experiments').selectAll().where('id', '=', id).executeTakeFirst();
      if (row === undefined) return null;
      const experiment = rowOf(row);
      const [rounds, files, usage, waitingBefore] = await Promise.all([
        roundsOf(database, id),
        database.selectFrom('experiment_files').selectAll().where('experiment_id', '=', id).orderBy('name').execute(),
        modelCalls.usageUnder(id, ''),
        // Null for one that a worker has begun, or that has ended.
        experiment.state === 'created' ? health.waitingBefore(experiment.acceptedAt) : null,
      ]);
      const best = rounds.find(({ number }) => number === experiment.bestRound);
      return ExperimentViewSchema.parse({
        ...lineOf(experiment, best),
        waitingBefore,
        spec: experiment.spec,
        limits: experiment.limits,
        video: experiment.video,
        progress: experiment.progress,
        roundsMade: roundViews(experiment, rounds, files),
        usage,
      });
    },
    async page({ state, before, limit }) {
      let query = database.selectFrom('experiments').select([...lineColumns]);
      if (state !== undefined) query = query.where('state', '=', state);
      if (before !== undefined) {
        const last = await database
          .selectFrom('experiments')
          .select('accepted_at')
          .where('id', '=', before)
          .executeTakeFirst();
        if (last !== undefined) query = query.where(sql<boolean>`(accepted_at, id) < (${last.accepted_at}, ${before})`);
      }
      const found = await query
        .orderBy('accepted_at', 'desc')
        .orderBy('id', 'desc')
        .limit(limit + 1)
        .execute();
      const rows = found.slice(0, limit).map(lineRowOf);
      const best = await bestRounds(database, rows);
      const experiments = rows.map((row) => lineOf(row, best.get(row.id)));
      return { experiments, next: found.length > limit ? (rows.at(-1)?.id ?? null) : null };
    },
    async pulses(ids) {
      const rows = await database
        .selectFrom('experiments')
        .select(['id', 'version', 'state', 'phase', 'round', 'progress'])
        .where('id', 'in', paddedIds(ids))
        .execute();
      return rows.map(pulseOf);
    },
    async version(id) {
      const row = await database.selectFrom('experiments').select('version').where('id', '=', id).executeTakeFirst();
      return row?.version ?? null;
    },
    async file(id, round, name) {
      const row = await database
        .selectFrom('experiment_files')
        .selectAll()
        .where('experiment_id', '=', id)
        .where('round', '=', round)
        .where('name', '=', name)
        .executeTakeFirst();
      return row === undefined ? null : fileOf(row);
    },
    async counts() {
      const rows = await database
        .selectFrom('experiments')
        .select(({ fn }) => ['state', fn.countAll<number>().as('experiments')])
        .groupBy('state')
        .execute();
      return Object.fromEntries(rows.map(({ state, experiments }) => [state, experiments]));
    },
  };
}

async function bestRounds(
  database: Database,
  rows: readonly ExperimentLineRow[],
): Promise<ReadonlyMap<string, RoundRow>> {
  const ids = rows.filter(({ bestRound }) => bestRound !== null).map(({ id }) => id);
  if (ids.length === 0) return new Map();
  const rounds = await database
    .selectFrom('experiment_rounds')
    .innerJoin('experiments', 'experiments.id', 'experiment_rounds.experiment_id')
    .selectAll('experiment_rounds')
    .where('experiments.id', 'in', ids)
    .whereRef('experiment_rounds.number', '=', 'experiments.best_round')
    .execute();
  return new Map(rounds.map((round) => [round.experiment_id, round]));
}

function lineOf(row: ExperimentLineRow, best: RoundRow | undefined): ExperimentLine {
  return ExperimentLineSchema.parse({
    id: row.id,
    tenant: row.tenant,
    name: row.name,
    state: row.state,
    phase: row.phase,
    round: row.round,
    rounds: row.rounds,
    failure: row.failure,
    best: best === undefined ? null : { round: best.number, metrics: metricsOf(best) },
    acceptedAt: row.acceptedAt,
    startedAt: row.startedAt,
    endedAt: row.endedAt,
    version: row.version,
  });
}

function roundViews(
  { bestRound }: ExperimentLineRow,
  rounds: readonly RoundRow[],
  files: readonly Selectable<Tables['experiment_files']>[],
): readonly RoundView[] {
  const front = frontOf(ratedOf(rounds));
  return rounds.map((row) =>
    RoundViewSchema.parse({
      number: row.number,
      ...endOfRound(row),
      note: row.note,
      encoded: figures(row.encode_seconds, row.encode_peak_bytes),
      decoded: figures(row.decode_seconds, row.decode_peak_bytes),
      encodedBytes: row.encoded_bytes,
      metrics: metricsOf(row),
      isBest: row.number === bestRound,
      isOnFront: front.has(row.number),
      files: files.filter(({ round }) => round === row.number).map(fileOf),
      endedAt: row.ended_at,
    }),
  );
}

function figures(seconds: number | null, peakBytes: number | null) {
  return seconds === null || peakBytes === null ? null : { seconds, peakBytes };
}

function fileOf(row: Selectable<Tables['experiment_files']>): KeptFile {
  return {
    name: row.name,
    mediaType: row.media_type,
    bytes: row.bytes,
    sha256: row.sha256,
    removedAfterDays: row.removed_after_days,
  };
}
