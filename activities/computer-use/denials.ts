/**
 * Records refused requests in few events. A page can make thousands of requests, to one address or to many, and every
 * event is a row that people read. Repeats are therefore counted, and recorded at the 1st, the 10th, the 100th and so
 * on, and at the end.
 */
import type { StepEvent } from '../../store/jobs/step-changes.ts';

export interface Denials {
  add(target: string, reason: string): void;
  /** Records the counts that were not recorded yet. */
  close(): Promise<void>;
}

/** Different denials that are counted separately; all further ones share one count. */
const apartAtMost = 50;
const othersTarget = 'other addresses';

interface Count {
  readonly target: string;
  readonly reason: string;
  times: number;
  recorded: number;
}

/** Nothing waits until a denial is recorded, and `record` may fail: that must not stop the browser. */
export function createDenials(record: (event: StepEvent) => Promise<void>): Denials {
  const counts = new Map<string, Count>();
  const recordCount = async (count: Count): Promise<void> => {
    const { target, reason, times } = count;
    count.recorded = times;
    const message = `a request to ${target} was refused${times === 1 ? '' : `, ${times} times by now`}: ${reason}`;
    await record({ type: 'egress.denied', message, data: { target, reason, times } }).catch(() => undefined);
  };
  const countOf = (target: string, reason: string): Count => {
    const key = JSON.stringify([target, reason]);
    const known = counts.get(key);
    if (known !== undefined) return known;
    if (counts.size >= apartAtMost && target !== othersTarget) return countOf(othersTarget, 'for several reasons');
    const count = { target, reason, times: 0, recorded: 0 };
    counts.set(key, count);
    return count;
  };
  return {
    add(target, reason) {
      const count = countOf(target, reason);
      count.times += 1;
      if (count.recorded === 0 || count.times === count.recorded * 10) void recordCount(count);
    },
    async close() {
      await Promise.all([...counts.values()].filter(({ times, recorded }) => times > recorded).map(recordCount));
    },
  };
}
