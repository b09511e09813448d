/**
 * What reports over the runs of all tenants are made of: summaries of the runs of a window of time. Rows are read in portions, so that
 * the process goes on with other work between them.
 */
import { setImmediate as otherWork } from 'node:timers/promises';
import { Tallies } from '../../workflows/contract/insights/run-tally.ts';
import type { RunSummary } from '../../workflows/contract/insights/run-summary.ts';
import type { Database } from '../database/database.ts';
import { runOf } from './run-row.ts';

/** By when the runs ended: milliseconds since the epoch, from the first up to before the last. */
export interface RunWindow {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface RunReport extends RunWindow {
  readonly summaries: readonly RunSummary[];
}

export interface RunReports {
  report(window: RunWindow): Promise<RunReport>;
}

const atOnce = 1000;

export function createRunReports(database: Database): RunReports {
  return {
    async report(window) {
      const tallies = new Tallies();
      await tallyRows(database, window, tallies);
      return { ...window, summaries: tallies.summaries() };
    },
  };
}

/** Adds the runs that ended in the window, in the order in which they ended. */
export async function tallyRows(database: Database, { fromMs, toMs }: RunWindow, tallies: Tallies): Promise<void> {
  let after = { ended_ms: fromMs, key: '' };
  for (;;) {
    const { ended_ms: endedMs, key } = after;
    const rows = await database
      .selectFrom('runs')
      .selectAll()
      .where((where) => where(where.refTuple('ended_ms', 'key'), '>', where.tuple(endedMs, key)))
      .where('ended_ms', '<', toMs)
      .orderBy('ended_ms')
      .orderBy('key')
      .limit(atOnce)
      .execute();
    for (const row of rows) tallies.add({ ...runOf(row), tenant: row.tenant });
    const last = rows.at(-1);
    if (last === undefined || rows.length < atOnce) return;
    after = last;
    await otherWork();
  }
}
