/**
 * Puts the runs of a look in the order in which they are judged, so that slow runs are not missing among the judged ones
 * because they have not ended yet. Pure.
 *
 * In order of end, the quick runs of a slow canary come first, and it would look harmless. So runs are judged in order of
 * start, and the judging waits for a run that is under way until it ends or is overdue.
 */
import type { CanaryLook, EndedRun, RunUnderWay } from './runs.ts';

type Run = EndedRun | RunUnderWay;

export interface CohortRun {
  readonly run: Run;
  readonly isCanary: boolean;
  /** Null for a run that is under way. */
  readonly ended: EndedRun | null;
}

/** One run for each job, in order of start. Lazily, since a decision needs a small part of many runs as a rule. */
export function* cohortOf(look: CanaryLook): IterableIterator<CohortRun> {
  const canary: readonly Run[] = [...look.canary.ended, ...look.canary.underWay];
  const all = canary.concat(look.control.ended, look.control.underWay);
  const jobs = new Set<string>();
  for (const place of placesInOrderOfStart(all, look.beganAtMs)) {
    const run = all[place];
    if (run === undefined || jobs.has(run.jobId)) continue;
    jobs.add(run.jobId);
    yield { run, isCanary: place < canary.length, ended: 'durationMs' in run ? run : null };
  }
}

/** Numbers that hold both the start and the place sort 100,000 runs in a tenth of the time that comparing runs takes. */
function placesInOrderOfStart(runs: readonly Run[], fromMs: number): Float64Array {
  const keys = new Float64Array(runs.length);
  let kept = 0;
  for (const [place, { startedAtMs }] of runs.entries()) {
    if (startedAtMs >= fromMs) keys[kept++] = Math.floor(startedAtMs - fromMs) * runs.length + place;
  }
  const places = keys.subarray(0, kept).sort();
  for (let index = 0; index < kept; index += 1) places[index] = (places[index] ?? 0) % runs.length;
  return sortTies(places, runs);
}

/** Runs that started in the same millisecond are in order of their jobs, or a later look might turn them round. */
function sortTies(places: Float64Array, runs: readonly Run[]): Float64Array {
  const startAt = (index: number): number | undefined => runs[places[index] ?? -1]?.startedAtMs;
  for (let start = 0; start < places.length;) {
    let end = start + 1;
    while (end < places.length && startAt(end) === startAt(start)) end += 1;
    const compare = (left: number, right: number): number => compareJobs(runs[left], runs[right]);
    if (end > start + 1) places.subarray(start, end).sort(compare);
    start = end;
  }
  return places;
}

function compareJobs(left: Run | undefined, right: Run | undefined): number {
  const [leftJob, rightJob] = [left?.jobId ?? '', right?.jobId ?? ''];
  if (leftJob === rightJob) return 0;
  return leftJob < rightJob ? -1 : 1;
}
