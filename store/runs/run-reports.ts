/**
 * What reports over the runs of all tenants are made of: summaries of the runs of a window of time. Few runs are read from their
 * rows; of many, the rollups of hours are read, and the rows of the hours that have none yet.
 */
import { setImmediate as otherWork } from 'node:timers/promises';
import { hourMs, type RunSummary } from '../../workflows/contract/insights/run-summary.ts';
import { Tallies } from '../../workflows/contract/insights/run-tally.ts';
import type { Database } from '../database/database.ts';
import { joinByGroup } from './join-by-group.ts';
import { rollupState } from './run-rollups.ts';
import { tallyRows, type RunWindow } from './run-rows.ts';
import { readSummary } from './stored-summary.ts';

export const reportSources = ['rows', 'rollups'] as const;

export interface RunReport extends RunWindow {
  readonly summaries: readonly RunSummary[];
  /** From rows all figures are exact; from rollups quantiles are within 1 %. */
  readonly source: (typeof reportSources)[number];
}

export interface RunReports {
  /** From rollups of hours whose rows are removed, the window begins with a whole hour. */
  report(window: RunWindow): Promise<RunReport>;
}

/** The most rows that a report reads; also of the hours without rollups, should those be far behind. */
const mostRows = 20_000;
const mostOpenRows = 200_000;
const rollupsAtOnce = 50;
/** So many summaries are joined by their groups before more are read. */
const joinedAt = 10_000;

export function createRunReports(database: Database): RunReports {
  return {
    async report(window) {
      const { rolledUntil, removedUntilMs } = await rollupState(database);
      const isWhole = window.fromMs >= removedUntilMs && !(await hasMoreRows(database, window));
      if (isWhole)
        return { ...window, summaries: await joinByGroup(await fromRows(database, window, mostRows)), source: 'rows' };
      // The rows of an hour that the window begins in tell its part of that hour.
      const areRowsLeft = window.fromMs >= removedUntilMs;
      const firstHour = areRowsLeft ? Math.ceil(window.fromMs / hourMs) : Math.floor(window.fromMs / hourMs);
      const firstMs = Math.min(firstHour * hourMs, window.toMs);
      const lastHour = Math.max(firstHour, Math.min(rolledUntil ?? 0, Math.floor(window.toMs / hourMs)));
      const whole = await fromRollups(database, firstHour, lastHour);
      const begun = await fromRows(database, { fromMs: window.fromMs, toMs: firstMs }, mostOpenRows);
      const open = await fromRows(database, { fromMs: lastHour * hourMs, toMs: window.toMs }, mostOpenRows);
      const fromMs = Math.min(window.fromMs, firstMs);
      return {
        fromMs,
        toMs: window.toMs,
        summaries: await joinByGroup([...begun, ...whole, ...open]),
        source: 'rollups',
      };
    },
  };
}

async function hasMoreRows(database: Database, { fromMs, toMs }: RunWindow): Promise<boolean> {
  const row = await database
    .selectFrom('runs')
    .select('key')
    .where('ended_ms', '>=', fromMs)
    .where('ended_ms', '<', toMs)
    .orderBy('ended_ms')
    .offset(mostRows)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

async function fromRows(database: Database, window: RunWindow, most: number): Promise<readonly RunSummary[]> {
  const tallies = new Tallies();
  await tallyRows(database, window, tallies, most);
  return tallies.summaries();
}

/** The rollups of hours up to before the last, in portions. */
async function fromRollups(database: Database, firstHour: number, lastHour: number): Promise<readonly RunSummary[]> {
  let summaries: readonly RunSummary[] = [];
  let mostApart = joinedAt;
  let after = { hour: firstHour, number: -1 };
  for (;;) {
    const { hour, number } = after;
    const rows = await database
      .selectFrom('run_rollups')
      .select(['hour', 'number', 'summary'])
      .where((where) => where(where.refTuple('hour', 'number'), '>', where.tuple(hour, number)))
      .where('hour', '<', lastHour)
      .orderBy('hour')
      .orderBy('number')
      .limit(rollupsAtOnce)
      .execute();
    const read = rows.map(({ summary }) => readSummary(summary));
    // Those of a year would not fit into memory.
    summaries = [...summaries, ...read];
    if (summaries.length > mostApart) {
      summaries = await joinByGroup(summaries);
      mostApart = Math.max(joinedAt, 2 * summaries.length);
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < rollupsAtOnce) return summaries;
    after = last;
    await otherWork();
  }
}
