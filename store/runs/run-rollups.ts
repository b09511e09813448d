/**
 * Rolls up the runs of each hour once it is over, and again hours later with what was written late; removes old rows afterwards.
 * An hour is written in one transaction with how far the rollups go: a crash repeats the hour, and changes nothing else.
 */
import { hourMs, type RunSummary } from '../../workflows/contract/insights/run-summary.ts';
import { Tallies } from '../../workflows/contract/insights/run-tally.ts';
import type { Database } from '../database/database.ts';
import { inTransaction, lockName } from '../database/transactions.ts';
import { tallyRows } from './run-rows.ts';
import { summaryText } from './stored-summary.ts';

export interface RunUpkeep {
  /** Rolls up the next hours until all are, or until the time is over. Returns how many hours were rolled up. */
  rollUp(request: { readonly now: Date; readonly until: Date; readonly signal: AbortSignal }): Promise<number>;
  /** Removes some rows of runs that are older than this and rolled up, and older rollups. Returns how many rows. */
  removeOld(request: { readonly days: number; readonly now: Date }): Promise<number>;
}

export interface RollupState {
  readonly rolledUntil: number | null;
  readonly settledUntil: number | null;
  readonly removedUntilMs: number;
}

/** A run is written when it ends; its transaction may take this long. */
const firstAfterMs = 5 * 60_000;
/** By then, late corrections of the outcome have come too. */
const settledAfterMs = 6 * hourMs;
const dayMs = 24 * hourMs;
/** Rollups are kept so long, or twice as long as rows: a year can be compared with the one before. */
const leastRollupDays = 800;
const rowsAtOnce = 2000;
const rollupsAtOnce = 100;

export function createRunUpkeep(database: Database): RunUpkeep {
  return {
    async rollUp({ now, until, signal }) {
      let hours = 0;
      for (; Date.now() < until.getTime(); hours += 1) {
        signal.throwIfAborted();
        const state = await rollupState(database);
        const next = await nextHour(database, state, now);
        if (next === null) break;
        const tallies = new Tallies();
        const [fromMs, toMs] = [next.hour * hourMs, (next.hour + 1) * hourMs];
        await tallyRows(database, { fromMs, toMs }, tallies);
        await writeHour(database, state, next, tallies.summaries());
      }
      return hours;
    },
    async removeOld({ days, now }) {
      const { settledUntil } = await rollupState(database);
      const beforeMs = Math.min(now.getTime() - days * dayMs, (settledUntil ?? 0) * hourMs);
      const lastRollup = Math.floor((now.getTime() - Math.max(leastRollupDays, 2 * days) * dayMs) / hourMs);
      await database.deleteFrom('run_rollups').where('hour', '<', lastRollup).execute();
      const old = database
        .selectFrom('runs')
        .select('key')
        .where('ended_ms', '<', beforeMs)
        .orderBy('ended_ms')
        .limit(rowsAtOnce);
      if ((await old.executeTakeFirst()) === undefined) return 0;
      // Told before it is so: a report that reads rows must not miss those that are gone.
      await database
        .updateTable('run_rollup_state')
        .set({ removed_until_ms: beforeMs })
        .where('removed_until_ms', '<', beforeMs)
        .execute();
      const { numDeletedRows } = await database.deleteFrom('runs').where('key', 'in', old).executeTakeFirstOrThrow();
      return Number(numDeletedRows);
    },
  };
}

export async function rollupState(database: Database): Promise<RollupState> {
  const row = await database.selectFrom('run_rollup_state').selectAll().executeTakeFirstOrThrow();
  return {
    rolledUntil: row.rolled_until,
    settledUntil: row.settled_until,
    removedUntilMs: row.removed_until_ms,
  };
}

interface NextHour {
  readonly hour: number;
  readonly state: { readonly rolled_until?: number; readonly settled_until: number };
}

/**
 * The hour to roll up next: a second time one that is rolled up and over for hours; else the first that has no rollups. Hours without
 * runs are passed over. Null when there is nothing to do.
 */
async function nextHour(database: Database, state: RollupState, now: Date): Promise<NextHour | null> {
  const { rolledUntil, settledUntil } = state;
  const openHour = Math.floor((now.getTime() - firstAfterMs) / hourMs);
  const lateHour = Math.floor((now.getTime() - settledAfterMs) / hourMs);
  const settles = Math.min(lateHour, rolledUntil ?? 0);
  if (settledUntil !== null && settledUntil < settles) {
    const hour = await firstHour(database, settledUntil, settles);
    return { hour, state: { settled_until: hour + 1 } };
  }
  if ((rolledUntil ?? 0) >= openHour) return null;
  const hour = await firstHour(database, rolledUntil ?? 0, openHour);
  // What is rolled up hours after it was over has nothing late, if all before it is settled.
  const isSettled = hour < lateHour && settledUntil === rolledUntil;
  return { hour, state: { rolled_until: hour + 1, settled_until: isSettled ? hour + 1 : (settledUntil ?? hour) } };
}

/** The first hour with runs, of these; the last when none has any. */
async function firstHour(database: Database, from: number, before: number): Promise<number> {
  const row = await database
    .selectFrom('runs')
    .select('ended_ms')
    .where('ended_ms', '>=', from * hourMs)
    .where('ended_ms', '<', before * hourMs)
    .orderBy('ended_ms')
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? before - 1 : Math.floor(row.ended_ms / hourMs);
}

async function writeHour(
  database: Database,
  before: RollupState,
  { hour, state }: NextHour,
  summaries: readonly RunSummary[],
): Promise<void> {
  await inTransaction(database, lockName('run rollups'), async (transaction) => {
    // Another process may have done it meanwhile.
    const now = await rollupState(transaction);
    if (now.rolledUntil !== before.rolledUntil || now.settledUntil !== before.settledUntil) return;
    await transaction.deleteFrom('run_rollups').where('hour', '=', hour).execute();
    for (let start = 0; start < summaries.length; start += rollupsAtOnce) {
      const rows = summaries.slice(start, start + rollupsAtOnce).map((summary, index) => ({
        tenant: summary.group.tenant,
        hour,
        number: start + index,
        runs: summary.runs,
        summary: summaryText(summary),
      }));
      await transaction.insertInto('run_rollups').values(rows).execute();
    }
    await transaction.updateTable('run_rollup_state').set(state).execute();
  });
}
