/**
 * Puts the runs of a look in the order in which they are judged, so that slow runs are not missing among the judged ones
 * because they have not ended yet. Pure.
 *
 * In order of end, the quick runs of a slow canary come first, and it would look harmless. So runs are judged in order of
 * start, and the judging waits for a run that is under way until it ends or is overdue.
 */
import type { CanaryLook, EndedRun, RunUnderWay } from './runs.ts';

/** So many runs of the control teach what is normal; they are not judged. */
export const learningRuns = 40;

type Run = EndedRun | RunUnderWay;

export interface CohortRun {
  readonly run: RunUnderWay | EndedRun;
  readonly isCanary: boolean;
  /** Null for a run that is under way. */
  readonly ended: EndedRun | null;
}

export interface Cohort {
  /** The runs of the control that ended first. */
  readonly taught: readonly EndedRun[];
  /** One run for each job, in order of start; of those alone that started after the last taught one had ended. */
  readonly judged: Iterable<CohortRun>;
}

/** Null while too few runs of the control have ended. */
export function cohortOf(look: CanaryLook): Cohort | null {
  const taught = firstEnded(look.control.ended);
  const last = taught[learningRuns - 1];
  if (last === undefined) return null;
  // Runs that start later alone: of those that were under way meanwhile, the quick ones are gone.
  return { taught, judged: firstOfEachJob(look, endOf(last)) };
}

function endOf({ startedAtMs, durationMs }: EndedRun): number {
  return startedAtMs + durationMs;
}

/** At most `learningRuns`, in order of end. One pass, since sorting 100,000 runs would take most of the time of a look. */
function firstEnded(runs: readonly EndedRun[]): readonly EndedRun[] {
  const first: EndedRun[] = [];
  for (const run of runs) {
    const last = first[learningRuns - 1];
    if (last !== undefined && compareEnds(run, last) >= 0) continue;
    const place = first.findIndex((other) => compareEnds(run, other) < 0);
    first.splice(place === -1 ? first.length : place, 0, run);
    first.length = Math.min(first.length, learningRuns);
  }
  return first;
}

function compareEnds(left: EndedRun, right: EndedRun): number {
  return endOf(left) - endOf(right) || compareJobs(left, right);
}

/** Lazily, since a decision needs a small part of many runs as a rule. */
function* firstOfEachJob(look: CanaryLook, afterMs: number): Iterable<CohortRun> {
  const canary: readonly Run[] = [...look.canary.ended, ...look.canary.underWay];
  const all = canary.concat(look.control.ended, look.control.underWay);
  const jobs = new Set<string>();
  for (const place of placesInOrderOfStart(all, afterMs)) {
    const run = all[place];
    if (run === undefined || jobs.has(run.jobId)) continue;
    jobs.add(run.jobId);
    yield { run, isCanary: place < canary.length, ended: 'durationMs' in run ? run : null };
  }
}

/** Numbers that hold both the start and the place sort 100,000 runs in a tenth of the time that comparing runs takes. */
function placesInOrderOfStart(runs: readonly Run[], afterMs: number): Float64Array {
  const keys = new Float64Array(runs.length);
  let kept = 0;
  for (const [place, { startedAtMs }] of runs.entries()) {
    if (startedAtMs > afterMs) keys[kept++] = Math.floor(startedAtMs - afterMs) * runs.length + place;
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
