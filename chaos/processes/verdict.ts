/** What became of the work, by those who would notice: the store, the receiver of webhooks and the model's own journal. */
import type { World } from '../../demo/run/world.ts';
import type { EndedWork } from './work.ts';

export interface Verdict {
  readonly ok: boolean;
  readonly jobs: number;
  /** Jobs that did not complete. */
  readonly jobsLost: number;
  readonly items: number;
  readonly itemsLost: number;
  /** Effects at the receiver that never came, and those that came under a second key. */
  readonly effectsLost: number;
  readonly effectsDoubled: number;
  /** Effects that were sent again under their key, as after any crash between sending and noting. */
  readonly effectsRepeated: number;
  readonly paidCalls: number;
  readonly paidTwice: number;
}

/** A step and a delivery. */
const effectsOfJob = 2;
/** Two steps. */
const callsOfJob = 2;

export function judge(world: World, { jobs, batches }: EndedWork): Verdict {
  const taken = world.receiver.deliveries.filter(({ outcome }) => outcome === 'accepted');
  const ofJobs = jobs.map(({ id }) => taken.filter(({ body }) => body.includes(id)).length);
  const missing = ofJobs.map((count) => Math.max(0, effectsOfJob - count));
  const surplus = ofJobs.map((count) => Math.max(0, count - effectsOfJob));
  const { paidCreates = 0, repeatedCreates = 0 } = world.model?.journal.counters() ?? {};
  const items = sum(batches.map(({ itemCount }) => itemCount));
  const figures = {
    jobs: jobs.length,
    jobsLost: jobs.filter(({ outcome }) => outcome !== 'completed').length,
    items,
    itemsLost: items - sum(batches.map(({ counts }) => counts.succeeded)),
    effectsLost: sum(missing),
    effectsDoubled: sum(surplus),
    effectsRepeated: world.receiver.deliveries.filter(({ outcome }) => outcome === 'duplicate').length,
    paidCalls: paidCreates,
    paidTwice: repeatedCreates,
  };
  const { jobsLost, itemsLost, effectsLost, effectsDoubled, paidTwice } = figures;
  const wrong = jobsLost + itemsLost + effectsLost + effectsDoubled + paidTwice;
  return { ok: wrong === 0 && paidCreates === callsOfJob * jobs.length + items, ...figures };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
