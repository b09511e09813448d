import { expect, test } from 'vitest';
import { judgeCanary } from '../../../../../workflows/contract/limits/canary/guard.ts';
import type { ArmRuns, CanaryLook, RunUnderWay } from '../../../../../workflows/contract/limits/canary/runs.ts';
import { defaultCanarySettings } from '../../../../../workflows/contract/limits/canary/settings.ts';
import type { CanaryVerdict } from '../../../../../workflows/contract/limits/canary/verdict.ts';
import { lookAt, planRuns, type PlannedRun, type RunMaker } from '../../../../support/runs/canary-look.ts';

const minute = 60_000;
const hour = 60 * minute;

/** From 60 to 180 s, a fiftieth of them errors, each for 10 cents. */
const usual: RunMaker = (_isCanary, uniform) => ({
  durationMs: 60_000 + Math.floor(120_000 * uniform()),
  isError: uniform() < 0.02,
  costMicroUsd: 100_000,
});

/** 3,000 jobs begin within 8 h 20 min. */
function verdictOf(make: RunMaker, nowMs = 9 * hour, seed = 2): CanaryVerdict {
  return judgeCanary(lookAt(planRuns(3_000, seed, make), nowMs));
}

test('L18: a candidate that changes nothing is promoted, with the runs and the evidence', () => {
  const verdict = verdictOf(usual);
  expect(verdict).toMatchObject({ decision: 'promote', cause: 'harmless' });
  expect(verdict.reason).toMatch(
    /^Nothing is harmed after \d+ runs of the canary and \d+ of the control: p95 1[67]\d\.\d s/,
  );
  expect(verdict.runs.canary.judged).toBeGreaterThanOrEqual(defaultCanarySettings.leastCanaryRuns);
  for (const measure of ['duration', 'errors', 'cost'] as const) {
    expect(verdict.evidence?.[measure].safety).toBeGreaterThanOrEqual(20);
  }
});

test.for<[string, string, RunMaker]>([
  ['slower', 'is slower', (isCanary, uniform) => scaled(usual(isCanary, uniform), { durationMs: isCanary ? 1.5 : 1 })],
  [
    'more_errors',
    'has more errors',
    (isCanary, uniform) => ({ ...usual(isCanary, uniform), isError: uniform() < (isCanary ? 0.25 : 0.02) }),
  ],
  [
    'dearer',
    'costs more',
    (isCanary, uniform) => scaled(usual(isCanary, uniform), { costMicroUsd: isCanary ? 1.5 : 1 }),
  ],
])('L18: a candidate that is %s is rolled back by itself, and the reason says that it %s', ([cause, words, make]) => {
  const verdict = verdictOf(make);
  expect(verdict).toMatchObject({ decision: 'roll_back', cause });
  expect(verdict.reason).toContain(`The candidate ${words} after ${verdict.runs.canary.judged} runs of the canary`);
  expect(verdict.evidence?.harm).toBeGreaterThanOrEqual(20);
});

type Made = ReturnType<RunMaker>;

function scaled(run: Made, ratios: { durationMs?: number; costMicroUsd?: number }): Made {
  const { durationMs = 1, costMicroUsd = 1 } = ratios;
  return { ...run, durationMs: run.durationMs * durationMs, costMicroUsd: run.costMicroUsd * costMicroUsd };
}

test.for<[string, Made]>([
  ['take equally long and are free', { durationMs: 120_000, isError: false, costMicroUsd: 0 }],
  ['take no time that a clock shows', { durationMs: 0, isError: false, costMicroUsd: 5 }],
  ['fail', { durationMs: 5_000, isError: true, costMicroUsd: 5 }],
])('L18: where all runs %s, a candidate that changes nothing is promoted', ([, run]) => {
  expect(verdictOf(() => run)).toMatchObject({ decision: 'promote' });
});

test('L18: where all runs are equal and free, a candidate that is slower or costs something is rolled back', () => {
  const equal = { durationMs: 120_000, isError: false, costMicroUsd: 0 };
  const slower = verdictOf((isCanary) => ({ ...equal, durationMs: isCanary ? 180_000 : 120_000 }));
  expect(slower).toMatchObject({ decision: 'roll_back', cause: 'slower' });
  const dearer = verdictOf((isCanary, uniform) => ({ ...equal, costMicroUsd: isCanary && uniform() < 0.3 ? 7 : 0 }));
  expect(dearer).toMatchObject({ decision: 'roll_back', cause: 'dearer' });
});

test('L18: nothing is decided before 15 minutes, nor before enough runs of the canary', () => {
  // Ten jobs a second: thousands of runs in the first minutes.
  const dense = planRuns(6_000, 1, (isCanary, uniform) => ({
    ...usual(isCanary, uniform),
    durationMs: 1_000,
    isError: isCanary,
  })).map((run) => ({ ...run, startedAtMs: run.startedAtMs / 100 }));
  expect(judgeCanary(lookAt(dense, 15 * minute - 1))).toMatchObject({ decision: 'continue', cause: 'too_early' });
  expect(judgeCanary(lookAt(dense, 15 * minute))).toMatchObject({ decision: 'roll_back', cause: 'more_errors' });

  const failing: RunMaker = (isCanary, uniform) => ({ ...usual(isCanary, uniform), isError: isCanary });
  const early = verdictOf(failing, 30 * minute);
  expect(early).toMatchObject({ decision: 'continue', cause: 'too_few_runs' });
  expect(early.runs.canary.judged).toBeLessThan(defaultCanarySettings.leastCanaryRuns);
  const later = verdictOf(failing, 2 * hour);
  expect(later).toMatchObject({
    decision: 'roll_back',
    runs: { canary: { judged: defaultCanarySettings.leastCanaryRuns } },
  });
});

test('L18: a canary with too little traffic goes on, and is rolled back after its longest time with the reason', () => {
  const few = planRuns(20, 1, usual);
  expect(judgeCanary(lookAt(few, 24 * hour))).toMatchObject({
    decision: 'continue',
    cause: 'too_few_runs',
    evidence: null,
    reason: expect.stringMatching(
      /^No decision yet: the first 40 runs of the control teach what is normal; \d+ have ended/,
    ),
  });
  const late = judgeCanary(lookAt(few, defaultCanarySettings.longestMs));
  expect(late).toMatchObject({ decision: 'roll_back', cause: 'out_of_time' });
  expect(late.reason).toContain('No evidence in the longest time of 10080 minutes');

  const some = lookAt(planRuns(500, 1, usual), 2 * hour);
  expect(judgeCanary(some)).toMatchObject({ decision: 'continue', cause: 'undecided' });
  expect(judgeCanary(some, { ...defaultCanarySettings, longestMs: hour })).toMatchObject({ cause: 'out_of_time' });
});

test('L18: the decision is the same whether one looks every 30 minutes, after each run, or once', () => {
  const slower: RunMaker = (isCanary, uniform) => scaled(usual(isCanary, uniform), { durationMs: isCanary ? 1.2 : 1 });
  const runs = planRuns(3_000, 3, slower);
  const decided = (times: readonly number[]): CanaryVerdict | undefined =>
    times.map((nowMs) => judgeCanary(lookAt(runs, nowMs))).find(({ decision }) => decision !== 'continue');
  const once = decided([9 * hour]);
  expect(once?.decision).toBe('roll_back');
  const halfHours = decided(Array.from({ length: 18 }, (_, index) => (index + 1) * 30 * minute));
  const often = decided(Array.from({ length: 300 }, (_, index) => (index + 1) * 2 * minute));
  for (const verdict of [halfHours, often]) {
    expect(verdict).toMatchObject({
      decision: once?.decision,
      cause: once?.cause,
      runs: { canary: { judged: once?.runs.canary.judged } },
    });
  }
});

test('L18: slow runs that have not ended do not make a slow canary look quick', () => {
  // A tenth of the canary's runs hang for half a day; at every look, all runs of it that have ended are as quick as usual.
  const hanging: RunMaker = (isCanary, uniform) => {
    const run = usual(isCanary, uniform);
    return isCanary && uniform() < 0.2 ? { ...run, durationMs: 12 * hour } : run;
  };
  const look: CanaryLook = lookAt(planRuns(3_000, 2, hanging), 9 * hour);
  expect(Math.max(...look.canary.ended.map(({ durationMs }) => durationMs))).toBeLessThan(3 * minute);
  expect(judgeCanary(look)).toMatchObject({ decision: 'roll_back', cause: 'slower' });

  // Before they are overdue, the judging waits for them instead of going on to those that ended.
  const waiting = judgeCanary({
    ...look,
    nowMs: 9 * hour,
    canary: { ...look.canary, underWay: [{ jobId: 'first', startedAtMs: 8.99 * hour }] },
  });
  expect(waiting.decision).toBe('promote');
});

test('L18: where runs last longer than many jobs need to start, the quick ones that end first do not teach what is usual', () => {
  // From 10 s to 2 h, even; in order of end, the first 40 all take less than 20 minutes.
  const long: RunMaker = (_isCanary, uniform) => ({
    durationMs: 10_000 + Math.floor(2 * hour * uniform()),
    isError: false,
    costMicroUsd: 5,
  });
  const verdict = verdictOf(long, 12 * hour);
  expect(verdict.decision).toBe('promote');
  expect(verdict.evidence?.duration.control).toBeGreaterThan(1.8 * hour);
  // 20 minutes after the last of those that teach has begun, their p95 is not known yet.
  expect(verdictOf(long, 30 * minute)).toMatchObject({ cause: 'too_few_runs', evidence: null });
  expect(verdictOf(long, 3 * hour).evidence).not.toBeNull();
});

test('L18: a run of the control that hangs does not keep the guard from learning', () => {
  const runs = planRuns(3_000, 2, usual).map((run, index) => (index === 3 ? { ...run, durationMs: 48 * hour } : run));
  expect(judgeCanary(lookAt(runs, 9 * hour)).decision).toBe('promote');
});

/** Each job has two runs, one after the other: a short one as a rule, and then the one that is planned. */
function twoRunsEach(runs: readonly PlannedRun[], nowMs: number): CanaryLook {
  const look = lookAt(runs, nowMs);
  const withShort = (arm: ArmRuns): ArmRuns => {
    const short = [...arm.ended, ...arm.underWay].map(({ jobId, startedAtMs }) => ({
      jobId,
      startedAtMs: (startedAtMs ?? 0) - 5_000,
      durationMs: 5_000,
      isError: false,
      costMicroUsd: 10,
    }));
    return { ...arm, ended: [...short, ...arm.ended] };
  };
  return { ...look, beganAtMs: -5_000, canary: withShort(look.canary), control: withShort(look.control) };
}

test('L18: all runs of a job are judged, and not only the first', () => {
  const failing: RunMaker = (isCanary, uniform) => ({
    ...usual(isCanary, uniform),
    isError: isCanary && uniform() < 0.5,
  });
  const verdict = judgeCanary(twoRunsEach(planRuns(3_000, 2, failing), 9 * hour));
  expect(verdict).toMatchObject({ decision: 'roll_back', cause: 'more_errors' });
  const same = judgeCanary(twoRunsEach(planRuns(3_000, 2, usual), 9 * hour));
  expect(same.decision).toBe('promote');
  expect(same.evidence?.cost.control).toBe(100_010);
});

test('L18: a job is waited for until its last run has ended, also while that has not started', () => {
  const runs = planRuns(300, 2, usual);
  const look = lookAt(runs, 2 * hour);
  const judgedWith = (underWay: readonly RunUnderWay[]): number => {
    const control = { ended: look.control.ended, underWay };
    const { runs: counts } = judgeCanary({ ...look, nowMs: 65 * minute, control });
    return counts.control.judged + counts.canary.judged;
  };
  const last = look.control.ended.findLast(({ startedAtMs }) => startedAtMs < 50 * minute);
  const jobId = last?.jobId ?? '';
  const all = judgedWith([]);
  expect(all).toBeGreaterThan(200);
  // The clock is set so that the job has not been under way for long.
  expect(judgedWith([{ jobId, startedAtMs: 64 * minute }])).toBeLessThan(all);
  const since = judgedWith([{ jobId, startedAtMs: null }]);
  expect(since).toBe(all);
});

test('L17: many runs of one job count as one, since they are all in one arm', () => {
  const runs = planRuns(3_000, 2, usual);
  const look = lookAt(runs, 9 * hour);
  const unlucky = Array.from({ length: 200 }, (_, index) => ({
    jobId: 'job-of-the-canary',
    startedAtMs: 2 * hour + index,
    durationMs: 10 * minute,
    isError: true,
    costMicroUsd: 9e6,
  }));
  const verdict = judgeCanary({ ...look, canary: { ...look.canary, ended: [...unlucky, ...look.canary.ended] } });
  expect(verdict.decision).toBe('promote');
});
