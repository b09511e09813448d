/** Reads the rows of runs in portions, so that the process goes on with other work between them. */
import { setImmediate as otherWork } from 'node:timers/promises';
import type { Tallies } from '../../workflows/contract/insights/run-tally.ts';
import type { Database } from '../database/database.ts';
import { runOf } from './run-row.ts';

/** By when the runs ended: milliseconds since the epoch, from the first up to before the last. */
export interface RunWindow {
  readonly fromMs: number;
  readonly toMs: number;
}

const atOnce = 500;

/** Adds the runs that ended in the window, in the order in which they ended; no more than `most`. */
export async function tallyRows(
  database: Database,
  { fromMs, toMs }: RunWindow,
  tallies: Tallies,
  most = Infinity,
): Promise<void> {
  let after = { ended_ms: fromMs, key: '' };
  for (let read = 0; read < most;) {
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
    read += rows.length;
    await otherWork();
  }
}
