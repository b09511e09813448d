/**
 * Cuts the rows of an index into ranges of bounded size. SQLite answers within this process: a statement over millions of rows would
 * hold up everything else, and one range takes milliseconds.
 */
import { setImmediate } from 'node:timers/promises';

/** Milliseconds since the epoch: the first that belongs to it, and the first that no longer does; null for all later ones. */
export interface TimeRange {
  readonly from: number;
  readonly to: number | null;
}

/** About how many rows a range has. Rows of one millisecond are never split. */
export const rowsOfRange = 5_000;

/** `nextStart` finds the time of the row that lies `rowsOfRange` rows after a time; undefined when there is none. */
export async function* timeRanges(
  since: number,
  nextStart: (from: number) => Promise<number | undefined>,
): AsyncGenerator<TimeRange> {
  let from = since;
  for (;;) {
    const found = await nextStart(from);
    if (found === undefined) break;
    const to = Math.max(found, from + 1);
    yield { from, to };
    from = to;
    await setImmediate();
  }
  yield { from, to: null };
}
