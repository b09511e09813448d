/**
 * The guard of a canary: whether candidate limits go on being tried, are taken for all jobs, or are rolled back. Pure and
 * deterministic. It may be asked as often as one likes: looks do not raise the share of wrong decisions.
 */
import { cohortOf, type Observation } from './cohort.ts';
import { conclude, concludeWithoutEvidence } from './conclusion.ts';
import { Figures } from './figures.ts';
import { learningRuns, lessonOf, type Lesson } from './lesson.ts';
import type { CanaryLook } from './runs.ts';
import { defaultCanarySettings, type CanarySettings } from './settings.ts';
import { Trial, type TrialRun } from './trial.ts';
import type { ArmCount, CanaryEvidence, CanaryVerdict } from './verdict.ts';

/**
 * Judges a canary by all jobs of both arms since it began. The first job that is evidence enough decides, so the decision
 * does not depend on when one looks.
 */
export function judgeCanary(look: CanaryLook, settings: CanarySettings = defaultCanarySettings): CanaryVerdict {
  const portions = judging(look, settings);
  for (;;) {
    const portion = portions.next();
    if (portion.done) return portion.value;
  }
}

/** So many jobs are judged in a few milliseconds. */
const portionSize = 5_000;

/** The same in portions, between which an event loop may do other work. */
export function* judging(
  look: CanaryLook,
  settings: CanarySettings = defaultCanarySettings,
): Generator<undefined, CanaryVerdict> {
  const cohort = cohortOf(look);
  yield;
  const remaining = cohort.values();
  const lesson = learn(remaining);
  const counts = { canary: endedOf(cohort, true), control: endedOf(cohort, false) };
  if (lesson === null) {
    const runs = { canary: { judged: 0, ...counts.canary }, control: { judged: 0, ...counts.control } };
    return { ...concludeWithoutEvidence(runs.control, look, settings), evidence: null, runs };
  }
  const trial = new Trial(settings, lesson);
  const canary = new Figures();
  const control = new Figures();
  let judged = 0;
  for (const job of remaining) {
    const known = trial.isDecided ? null : knownRun(job, trial.overdueMs);
    if (known === null) break;
    trial.judge(known);
    (job.isCanary ? canary : control).add(job);
    judged += 1;
    if (judged % portionSize === 0) yield;
  }
  const evidence = evidenceOf(trial, canary, control, settings);
  const runs = {
    canary: { judged: trial.canaryRuns, ...counts.canary },
    control: { judged: trial.controlRuns, ...counts.control },
  };
  return { ...conclude(look, settings, trial, evidence), evidence, runs };
}

/** Takes the jobs that teach from the beginning of the cohort, and those of the canary between them, which count for nothing. */
function learn(cohort: Iterator<Observation>): Lesson | null {
  const jobs: Observation[] = [];
  while (jobs.length < learningRuns) {
    const next = cohort.next();
    if (next.done) break;
    if (!next.value.isCanary) jobs.push(next.value);
  }
  return lessonOf(jobs);
}

/** Null for a job that must be waited for. */
function knownRun({ isCanary, durationMs, outcome }: Observation, overdueMs: number): TrialRun | null {
  if (outcome !== null) return { isCanary, durationMs, ...outcome };
  return durationMs > overdueMs ? { isCanary, durationMs, isError: false, costMicroUsd: 0 } : null;
}

function evidenceOf(
  { duration, errors, cost, harm }: Trial,
  canary: Figures,
  control: Figures,
  settings: CanarySettings,
): CanaryEvidence {
  return {
    duration: { canary: canary.p95Ms(), control: control.p95Ms(), ...duration.odds() },
    errors: { canary: canary.errorRate(), control: control.errorRate(), ...errors.odds() },
    cost: { canary: canary.meanCost(), control: control.meanCost(), ...cost.odds() },
    harm,
    harmNeeded: 1 / settings.falseAlarms,
    safetyNeeded: 1 / settings.missedHarm,
  };
}

function endedOf(cohort: readonly Observation[], isCanary: boolean): Omit<ArmCount, 'judged'> {
  const arm = cohort.filter((job) => job.isCanary === isCanary);
  const ended = arm.reduce((count, { outcome }) => count + Number(outcome !== null), 0);
  return { ended, underWay: arm.length - ended };
}
