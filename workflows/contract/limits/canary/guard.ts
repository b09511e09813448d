/**
 * The guard of a canary: whether candidate limits go on being tried, are taken for all jobs, or are rolled back. Pure and
 * deterministic. It may be asked as often as one likes: looks do not raise the share of wrong decisions.
 */
import { cohortOf, type CohortRun } from './cohort.ts';
import { conclude, concludeWithoutEvidence } from './conclusion.ts';
import { Figures } from './figures.ts';
import { learningRuns, lessonOf, type LearningRun, type Lesson } from './lesson.ts';
import type { ArmRuns, CanaryLook } from './runs.ts';
import { defaultCanarySettings, type CanarySettings } from './settings.ts';
import { Trial, type TrialRun } from './trial.ts';
import type { ArmCount, CanaryEvidence, CanaryVerdict } from './verdict.ts';

/**
 * Judges a canary by all runs of both arms since it began. The first run that is evidence enough decides, so the decision
 * does not depend on when one looks.
 */
export function judgeCanary(look: CanaryLook, settings: CanarySettings = defaultCanarySettings): CanaryVerdict {
  const cohort = cohortOf(look);
  const lesson = learn(cohort, look.nowMs);
  if (lesson === null) {
    const runs = { canary: countOf(look.canary, 0), control: countOf(look.control, 0) };
    return { ...concludeWithoutEvidence(look, settings), evidence: null, runs };
  }
  const trial = new Trial(settings, lesson);
  const canary = new Figures();
  const control = new Figures();
  for (const run of cohort) {
    const known = trial.isDecided ? null : knownRun(run, look.nowMs, trial.overdueMs);
    if (known === null) break;
    trial.judge(known);
    (run.isCanary ? canary : control).add(run, look.nowMs);
  }
  const evidence = evidenceOf(trial, canary, control, settings);
  const runs = { canary: countOf(look.canary, trial.canaryRuns), control: countOf(look.control, trial.controlRuns) };
  return { ...conclude(look, settings, trial, evidence), evidence, runs };
}

/** Takes the runs that teach from the beginning of the cohort, and those of the canary between them, which count for nothing. */
function learn(cohort: Iterator<CohortRun>, nowMs: number): Lesson | null {
  const runs: LearningRun[] = [];
  while (runs.length < learningRuns) {
    const next = cohort.next();
    if (next.done) break;
    const { isCanary, ended, run } = next.value;
    if (!isCanary) runs.push({ durationMs: ended?.durationMs ?? nowMs - run.startedAtMs, outcome: ended });
  }
  return lessonOf(runs);
}

/** Null for a run that must be waited for. */
function knownRun({ isCanary, ended, run }: CohortRun, nowMs: number, overdueMs: number): TrialRun | null {
  if (ended !== null) {
    const { durationMs, isError, costMicroUsd } = ended;
    return { isCanary, durationMs, isError, costMicroUsd };
  }
  const durationMs = nowMs - run.startedAtMs;
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

function countOf({ ended, underWay }: ArmRuns, judged: number): ArmCount {
  return { judged, ended: ended.length, underWay: underWay.length };
}
