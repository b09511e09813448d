/**
 * The test of one canary, run by run: durations, errors and costs, in the order in which the jobs started. It is the
 * same whether one looks after each run or once. Pure; its time and memory for a run do not grow with their number.
 */
import type { Lesson } from './lesson.ts';
import { Measure } from './measure.ts';
import { costScore, durationScore, learnScale, type Scale } from './scale.ts';
import type { CanarySettings } from './settings.ts';
import type { Harm } from './verdict.ts';

export interface TrialRun {
  readonly isCanary: boolean;
  /** For a run that is under way still, how long it has been. */
  readonly durationMs: number;
  readonly isError: boolean;
  readonly costMicroUsd: number;
}

/** A scale of more runs would be no better, and would cost time. */
const mostLearnedRuns = 10_000;

export class Trial {
  readonly duration: Measure;
  readonly errors: Measure;
  readonly cost: Measure;
  /** Judged runs. */
  canaryRuns = 0;
  controlRuns = 0;
  /** What was harmed most when the evidence of harm was enough for the first time. */
  harmFound: Harm | null = null;
  /** That the evidence of safety was enough before any of harm was. */
  isSafe = false;
  private scale: Scale;
  private readonly durationsMs: number[];
  private readonly costs: number[];
  private learnAgainAt: number;
  private readonly settings: CanarySettings;

  constructor(settings: CanarySettings, lesson: Lesson) {
    this.settings = settings;
    this.duration = new Measure(settings.share);
    this.errors = new Measure(settings.share);
    this.cost = new Measure(settings.share);
    this.errors.expect(lesson.outcomes.map(({ isError }) => Number(isError)));
    this.durationsMs = [...lesson.durationsMs];
    this.costs = lesson.outcomes.map(({ costMicroUsd }) => costMicroUsd);
    this.learnAgainAt = 2 * this.durationsMs.length;
    this.scale = this.learn();
  }

  /** Runs longer than this are overdue: all that is asked about their duration is known, and nothing more is waited for. */
  get overdueMs(): number {
    return this.scale.overdueMs;
  }

  /** The mean of the evidence of the three measures: evidence of the same kind, so three looks are not three chances. */
  get harm(): number {
    return (this.duration.harm.now + this.errors.harm.now + this.cost.harm.now) / 3;
  }

  /** The least of the three: a promotion needs that none is harmed. */
  get safety(): number {
    return Math.min(this.duration.safety.most, this.errors.safety.most, this.cost.safety.most);
  }

  get hasEnoughRuns(): boolean {
    return this.canaryRuns >= this.settings.leastCanaryRuns;
  }

  get isDecided(): boolean {
    return this.harmFound !== null || this.isSafe;
  }

  judge(run: TrialRun): void {
    const durationMs = Math.min(run.durationMs, this.scale.overdueMs);
    this.judgeDuration(run.isCanary, durationMs);
    // The rest of an overdue run is not known at every look, so it says nothing about errors and costs at any.
    const isOverdue = run.durationMs > this.scale.overdueMs;
    if (!isOverdue) this.judgeOutcome(run);
    if (run.isCanary) this.canaryRuns += 1;
    else this.remember(durationMs, isOverdue ? null : run.costMicroUsd);
    this.decide();
  }

  private decide(): void {
    if (this.isDecided || !this.hasEnoughRuns) return;
    if (this.harm >= 1 / this.settings.falseAlarms) this.harmFound = this.mostHarmed();
    else this.isSafe = this.safety >= 1 / this.settings.missedHarm;
  }

  private mostHarmed(): Harm {
    const [duration, errors, cost] = [this.duration.harm.now, this.errors.harm.now, this.cost.harm.now];
    if (duration >= errors && duration >= cost) return 'slower';
    return errors >= cost ? 'more_errors' : 'dearer';
  }

  private judgeDuration(isCanary: boolean, durationMs: number): void {
    const score = durationScore(this.scale, durationMs);
    // No ratio to nothing is harm. Where the control takes no time, it is harm that a share of the runs takes some.
    if (this.scale.p95Ms === 0) return this.duration.judge(isCanary, score, score, this.settings.errorPoints);
    const relieved = isCanary ? durationScore(this.scale, durationMs / this.settings.durationRatio) : score;
    this.duration.judge(isCanary, score, relieved, 0);
  }

  private judgeOutcome({ isCanary, isError, costMicroUsd }: TrialRun): void {
    this.errors.judge(isCanary, Number(isError), Number(isError), this.settings.errorPoints);
    const score = costScore(this.scale, costMicroUsd);
    // Likewise, where the control is free, it is harm that a share of the runs has a cost.
    if (this.scale.costCap === 0) return this.cost.judge(isCanary, score, score, this.settings.errorPoints);
    const relieved = isCanary ? costScore(this.scale, costMicroUsd / this.settings.costRatio) : score;
    this.cost.judge(isCanary, score, relieved, 0);
  }

  private remember(durationMs: number, cost: number | null): void {
    this.controlRuns += 1;
    if (this.durationsMs.length >= mostLearnedRuns) return;
    this.durationsMs.push(durationMs);
    if (cost !== null) this.costs.push(cost);
    if (this.durationsMs.length < this.learnAgainAt) return;
    this.learnAgainAt *= 2;
    this.scale = this.learn();
  }

  private learn(): Scale {
    const scale = learnScale(this.durationsMs, this.costs, this.settings);
    this.duration.expect(this.durationsMs.map((duration) => durationScore(scale, duration)));
    this.cost.expect(this.costs.map((cost) => costScore(scale, cost)));
    return scale;
  }
}
