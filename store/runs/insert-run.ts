/**
 * Writes the row of a run with the statement that ends the run anyway: on PostgreSQL both are one statement, so that the server is
 * asked no more often than without it. SQLite is in this process: there it is a statement of its own in the same transaction.
 */
import { sql, type Insertable, type Kysely, type QueryCreator } from 'kysely';
import { limitPermille } from '../../workflows/contract/runs/limit-share.ts';
import type { Run } from '../../workflows/contract/runs/run.ts';
import type { Tables } from '../database/database.ts';
import { isPostgres } from '../database/kind.ts';
import { inTransaction, noLock } from '../database/transactions.ts';
import { tellOfRun } from './recorded-runs.ts';

/** Makes a statement; for `withRun`. `creator` may hold the run's row as a part of the statement. */
type Statement<Result> = (creator: QueryCreator<Tables>) => Promise<Result>;

/**
 * Runs a statement, and records a run with it: both or none. A step's run that is recorded already gets the newer outcome and
 * reason, and keeps what was measured; others stay as they are.
 */
export async function withRun<Result>(
  database: Kysely<Tables>,
  run: Run | null,
  statement: Statement<Result>,
): Promise<Result> {
  if (run === null) return statement(database);
  const result = isPostgres(database)
    ? await statement(database.with('recorded_run', (creator) => insertRuns(creator, [run]).returning('key')))
    : await inTransaction(database, noLock, async (transaction) => {
        await insertRuns(transaction, [run]).execute();
        return statement(transaction);
      });
  tellOfRun(run);
  return result;
}

/** Records runs that end together, in the transaction that ends them. */
export async function recordRuns(transaction: Kysely<Tables>, runs: readonly Run[]): Promise<void> {
  if (runs.length === 0) return;
  await insertRuns(transaction, runs).execute();
  for (const run of runs) tellOfRun(run);
}

function insertRuns(creator: QueryCreator<Tables>, runs: readonly Run[]) {
  return creator
    .insertInto('runs')
    .values(runs.map(runColumns))
    .onConflict((conflict) =>
      conflict
        .column('key')
        .doUpdateSet((columns) => ({
          outcome: columns.ref('excluded.outcome'),
          reason: columns.ref('excluded.reason'),
          // A measured run whose end was lost may be told as a time-out, which has no measures.
          limit_permille: sql<number | null>`case when excluded.limit_permille > coalesce(runs.limit_permille, 0)
            then excluded.limit_permille else runs.limit_permille end`,
        }))
        .where('runs.kind', '=', 'step'),
    );
}

/** The columns of a run's row. */
export function runColumns(run: Run): Insertable<Tables['runs']> {
  const { limits, times } = run;
  return {
    key: run.key,
    kind: run.kind,
    work: run.work,
    owner_id: run.ownerId,
    part_id: run.partId,
    lead_magnet: run.leadMagnet,
    model: run.model,
    outcome: run.outcome,
    reason: run.reason,
    status_code: run.statusCode,
    attempt_seconds: limits?.attemptSeconds ?? null,
    total_seconds: limits?.totalSeconds ?? null,
    heartbeat_seconds: limits?.heartbeatSeconds ?? null,
    attempts_allowed: limits?.attempts ?? null,
    limits_version: run.limitsVersion,
    queued_ms: run.queuedMs,
    ended_ms: run.endedMs,
    duration_ms: Math.max(0, run.endedMs - run.queuedMs),
    is_measured: times === null ? 0 : 1,
    queue_ms: times?.queue ?? 0,
    retry_ms: times?.retry ?? 0,
    person_ms: times?.person ?? 0,
    model_ms: times?.model ?? 0,
    tool_ms: times?.tool ?? 0,
    browser_ms: times?.browser ?? 0,
    sandbox_ms: times?.sandbox ?? 0,
    render_ms: times?.render ?? 0,
    store_ms: times?.store ?? 0,
    other_ms: times?.other ?? 0,
    turns: run.turns,
    input_tokens: run.inputTokens,
    output_tokens: run.outputTokens,
    cost_microusd: Math.round(run.costMicroUsd),
    memory_peak_bytes: run.memoryPeakBytes,
    memory_mean_bytes: run.memoryMeanBytes,
    cold_start: run.coldStart === null ? null : Number(run.coldStart),
    longest_repeat: run.longestRepeat,
    limit_permille: limitPermille(run),
    attempts: run.attempts,
  };
}
