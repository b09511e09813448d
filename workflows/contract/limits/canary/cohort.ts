/**
 * Makes one observation of each job of a look, and puts them in the order in which they are judged, so that slow jobs are
 * not missing among the judged ones because they have not ended yet. Pure.
 *
 * In order of end, the quick jobs of a slow canary come first, and it would look harmless. So jobs are judged in order of
 * start, and the judging waits for a job that is under way until it ends or is overdue.
 */
import type { ArmRuns, CanaryLook } from './runs.ts';

export interface Outcome {
  readonly isError: boolean;
  readonly costMicroUsd: number;
}

/** All runs of a job together: a candidate may change several kinds of step, of which a job has several. */
export interface Observation {
  readonly jobId: string;
  readonly isCanary: boolean;
  /** The first start. */
  readonly startedAtMs: number;
  /** The sum; for a job that is under way, how long it has been. */
  readonly durationMs: number;
  /** Whether one of the runs is an error, and what all cost. Null while a run is under way. */
  readonly outcome: Outcome | null;
}

/** Of both arms, in order of start. */
export function cohortOf(look: CanaryLook): readonly Observation[] {
  const all = [...observationsOf(look.canary, true, look.nowMs), ...observationsOf(look.control, false, look.nowMs)];
  return inOrderOfStart(
    all.filter(({ startedAtMs }) => startedAtMs >= look.beganAtMs),
    look.beganAtMs,
  );
}

interface JobSoFar {
  readonly jobId: string;
  startedAtMs: number;
  durationMs: number;
  isError: boolean;
  costMicroUsd: number;
  lastEndMs: number;
  isUnderWay: boolean;
  /** Of the runs under way, that started first. */
  runsSinceMs: number;
}

/** A job without a run that has started is not there yet. */
function observationsOf({ ended, underWay }: ArmRuns, isCanary: boolean, nowMs: number): readonly Observation[] {
  const jobs = new Map<string, JobSoFar>();
  for (const { jobId, startedAtMs, durationMs, isError, costMicroUsd } of ended) {
    const job = jobIn(jobs, jobId);
    job.startedAtMs = Math.min(job.startedAtMs, startedAtMs);
    job.durationMs += durationMs;
    job.isError ||= isError;
    job.costMicroUsd += costMicroUsd;
    job.lastEndMs = Math.max(job.lastEndMs, startedAtMs + durationMs);
  }
  for (const { jobId, startedAtMs } of underWay) {
    if (startedAtMs === null && !jobs.has(jobId)) continue;
    const job = jobIn(jobs, jobId);
    job.isUnderWay = true;
    if (startedAtMs === null) continue;
    job.startedAtMs = Math.min(job.startedAtMs, startedAtMs);
    job.runsSinceMs = Math.min(job.runsSinceMs, startedAtMs);
  }
  return Array.from(jobs.values(), (job) => observationOf(job, isCanary, nowMs));
}

function jobIn(jobs: Map<string, JobSoFar>, jobId: string): JobSoFar {
  const known = jobs.get(jobId);
  if (known !== undefined) return known;
  const job: JobSoFar = {
    jobId,
    startedAtMs: Infinity,
    durationMs: 0,
    isError: false,
    costMicroUsd: 0,
    lastEndMs: 0,
    isUnderWay: false,
    runsSinceMs: Infinity,
  };
  jobs.set(jobId, job);
  return job;
}

/** A job between two runs takes time too, or a job that waits for days would hold up the judging of all after it. */
function observationOf(job: JobSoFar, isCanary: boolean, nowMs: number): Observation {
  const { jobId, startedAtMs, durationMs, isError, costMicroUsd, lastEndMs, isUnderWay, runsSinceMs } = job;
  if (!isUnderWay) return { jobId, isCanary, startedAtMs, durationMs, outcome: { isError, costMicroUsd } };
  const sinceMs = runsSinceMs === Infinity ? lastEndMs : runsSinceMs;
  return { jobId, isCanary, startedAtMs, durationMs: durationMs + Math.max(0, nowMs - sinceMs), outcome: null };
}

/** Numbers that hold both the start and the place sort 100,000 jobs in a tenth of the time that comparing them takes. */
function inOrderOfStart(jobs: readonly Observation[], fromMs: number): readonly Observation[] {
  const keys = Float64Array.from(
    jobs,
    ({ startedAtMs }, place) => Math.floor(startedAtMs - fromMs) * jobs.length + place,
  );
  const sorted = Array.from(keys.sort(), (key) => jobs[key % jobs.length]).filter((job) => job !== undefined);
  return sortTies(sorted);
}

/** Jobs that started in the same millisecond are in order of their ids, or a later look might turn them round. */
function sortTies(jobs: Observation[]): readonly Observation[] {
  for (let start = 0; start < jobs.length;) {
    let end = start + 1;
    while (end < jobs.length && jobs[end]?.startedAtMs === jobs[start]?.startedAtMs) end += 1;
    if (end > start + 1) jobs.splice(start, end - start, ...jobs.slice(start, end).sort(byId));
    start = end;
  }
  return jobs;
}

function byId(left: Observation, right: Observation): number {
  if (left.jobId === right.jobId) return 0;
  return left.jobId < right.jobId ? -1 : 1;
}
