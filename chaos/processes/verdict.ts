/** Checks the results of the work in the store, at the webhook receiver and in the model server's journal. */
import type { World } from '../../demo/run/world.ts';
import type { JobView } from '../../workflows/contract/jobs/job-view.ts';
import { auditSlug, codeSlug } from './forms.ts';
import type { EndedWork } from './work.ts';

export interface Verdict {
  readonly ok: boolean;
  readonly jobs: number;
  /** Jobs that did not complete. */
  readonly jobsLost: number;
  readonly items: number;
  readonly itemsLost: number;
  /** Forms that browsers sent; each audit sends one. */
  readonly enquiries: number;
  /** Effects that never reached the receiver, and effects that arrived under a second key. */
  readonly effectsLost: number;
  readonly effectsDoubled: number;
  /** Effects that were sent again under the same key, as after any crash between sending and recording. */
  readonly effectsRepeated: number;
  readonly paidCalls: number;
  readonly paidTwice: number;
}

/** Two effects for a job (a step and a delivery); one for an audit and for code (its delivery). */
function effectsOf({ leadMagnet }: JobView): number {
  return [auditSlug, codeSlug].includes(leadMagnet.slug) ? 1 : 2;
}

/**
 * Two answers for a job (one a step); for an audit, one for each turn of the browser and one for the step after it; none for
 * code.
 */
function callsOf({ leadMagnet, steps }: JobView): number {
  if (leadMagnet.slug === codeSlug) return 0;
  return leadMagnet.slug === auditSlug ? sum(steps.map(({ iterations }) => iterations)) + 1 : 2;
}

export function judge(world: World, { jobs, batches }: EndedWork): Verdict {
  const taken = world.receiver.deliveries.filter(({ outcome }) => outcome === 'accepted');
  const came = (job: JobView): number => taken.filter(({ body }) => body.includes(job.id)).length;
  const missing = jobs.map((job) => Math.max(0, effectsOf(job) - came(job)));
  const surplus = jobs.map((job) => Math.max(0, came(job) - effectsOf(job)));
  const audits = jobs.filter(({ leadMagnet }) => leadMagnet.slug === auditSlug).length;
  const { paidCreates = 0, repeatedCreates = 0 } = world.model?.journal.counters() ?? {};
  const items = sum(batches.map(({ itemCount }) => itemCount));
  const figures = {
    jobs: jobs.length,
    jobsLost: jobs.filter(({ outcome }) => outcome !== 'completed').length,
    items,
    itemsLost: items - sum(batches.map(({ counts }) => counts.succeeded)),
    enquiries: world.site.submissions.length,
    effectsLost: sum(missing),
    effectsDoubled: sum(surplus),
    effectsRepeated: world.receiver.deliveries.filter(({ outcome }) => outcome === 'duplicate').length,
    paidCalls: paidCreates,
    paidTwice: repeatedCreates,
  };
  const { jobsLost, itemsLost, effectsLost, effectsDoubled, paidTwice } = figures;
  const wrong = jobsLost + itemsLost + effectsLost + effectsDoubled + paidTwice;
  const asOften = paidCreates === sum(jobs.map(callsOf)) + items && figures.enquiries === audits;
  return { ok: wrong === 0 && asOften, ...figures };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
