/** Plays canaries of one scenario through the guard's test, and sums up what came of them. */
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { mersenne } from 'pure-rand/generator/mersenne';
import { learningRuns, lessonOf, type LearningRun } from '../../workflows/contract/limits/canary/lesson.ts';
import { defaultCanarySettings, type CanarySettings } from '../../workflows/contract/limits/canary/settings.ts';
import { Trial, type TrialRun } from '../../workflows/contract/limits/canary/trial.ts';
import { percentile } from '../measure.ts';
import type { Scenario } from './scenarios.ts';
import { p90Of, type Uniform } from './workloads.ts';

/** A canary without a decision after this many of its runs counts as undecided. */
const mostCanaryRuns = 10_000;

/** The runs of a day, where durations swing over the day. */
const runsOfADay = 2_000;

export interface Summary {
  readonly name: string;
  readonly kind: Scenario['kind'];
  readonly seeds: number;
  readonly rolledBack: number;
  readonly promoted: number;
  readonly undecided: number;
  /** Judged runs of the canary until the decision; null where no canary had it. */
  readonly runsToRollBack: RunCounts | null;
  readonly runsToPromote: RunCounts | null;
  readonly causes: Readonly<Record<string, number>>;
}

interface RunCounts {
  readonly median: number;
  readonly p95: number;
}

interface Outcome {
  readonly decision: 'roll_back' | 'promote' | 'undecided';
  readonly cause: string;
  readonly canaryRuns: number;
}

/** A generator of its own for each seed and scenario. */
export function uniformOf(seed: number): Uniform {
  const generator = mersenne(seed);
  return () => uniformFloat64(generator);
}

export function simulate(scenario: Scenario, seeds: number, settings = defaultCanarySettings): Summary {
  const p90 = scenario.change.tailRatio === undefined ? 0 : p90Of(scenario.workload.durations, uniformOf(0));
  const outcomes = Array.from({ length: seeds }, (_, seed) =>
    play(runsOf(scenario, p90, uniformOf(seedOf(scenario.name, seed)), settings.share), settings),
  );
  const rolledBack = outcomes.filter(({ decision }) => decision === 'roll_back');
  const promoted = outcomes.filter(({ decision }) => decision === 'promote');
  return {
    name: scenario.name,
    kind: scenario.kind,
    seeds,
    rolledBack: rolledBack.length / seeds,
    promoted: promoted.length / seeds,
    undecided: (seeds - rolledBack.length - promoted.length) / seeds,
    runsToRollBack: countsOf(rolledBack),
    runsToPromote: countsOf(promoted),
    causes: Object.fromEntries(
      Object.entries(Object.groupBy(rolledBack, ({ cause }) => cause)).map(([cause, list]) => [
        cause,
        list?.length ?? 0,
      ]),
    ),
  };
}

/** The same seed gives other runs in another scenario, so that one unlucky seed is not counted in each. */
function seedOf(name: string, seed: number): number {
  const hash = Array.from(name).reduce((sum, character) => (sum * 31 + (character.codePointAt(0) ?? 0)) % 65_521, 7);
  return hash * 32_768 + seed;
}

function countsOf(outcomes: readonly Outcome[]): RunCounts | null {
  if (outcomes.length === 0) return null;
  const counts = outcomes.map(({ canaryRuns }) => canaryRuns);
  return { median: percentile(counts, 0.5), p95: percentile(counts, 0.95) };
}

function play(next: () => TrialRun, settings: CanarySettings): Outcome {
  const taught: LearningRun[] = [];
  while (taught.length < learningRuns) {
    const { isCanary, durationMs, ...outcome } = next();
    if (!isCanary) taught.push({ durationMs, outcome });
  }
  const lesson = lessonOf(taught);
  if (lesson === null) throw new Error('runs that have all ended teach what is normal');
  const trial = new Trial(settings, lesson);
  while (!trial.isDecided && trial.canaryRuns < mostCanaryRuns) trial.judge(next());
  const { canaryRuns, harmFound } = trial;
  if (harmFound !== null) return { decision: 'roll_back', cause: harmFound, canaryRuns };
  return { decision: trial.isSafe ? 'promote' : 'undecided', cause: '', canaryRuns };
}

/** The runs of both arms in order of start. */
function runsOf({ workload, change }: Scenario, p90: number, uniform: Uniform, share: number): () => TrialRun {
  const duration = workload.durations(uniform);
  const cost = workload.costs(uniform);
  const { durationRatio = 1, tailRatio = 1, errorPoints = 0, costRatio = 1 } = change;
  let count = 0;
  return () => {
    const isCanary = uniform() < share;
    const swing = 1 + ((workload.dailySwing - 1) * (1 - Math.cos((2 * Math.PI * count++) / runsOfADay))) / 2;
    const plain = duration();
    const ratio = isCanary ? durationRatio * (plain > p90 ? tailRatio : 1) : 1;
    return {
      isCanary,
      durationMs: plain * ratio * swing,
      isError: uniform() < workload.errorRate + (isCanary ? errorPoints : 0),
      costMicroUsd: cost() * (isCanary ? costRatio : 1),
    };
  };
}
