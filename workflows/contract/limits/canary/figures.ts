/** The plain figures of an arm's judged runs, for people; no decision is made on them. Pure. */
import type { Observation } from './cohort.ts';
import { quantile } from './scale.ts';

export class Figures {
  private readonly durationsMs: number[] = [];
  private ended = 0;
  private errors = 0;
  private costs = 0;

  add({ durationMs, outcome }: Observation): void {
    this.durationsMs.push(durationMs);
    if (outcome === null) return;
    this.ended += 1;
    this.errors += Number(outcome.isError);
    this.costs += outcome.costMicroUsd;
  }

  /** A run that is under way counts with the time it has taken so far. 0 without runs, like the others. */
  p95Ms(): number {
    return quantile(Float64Array.from(this.durationsMs).sort(), 0.95);
  }

  /** Of the runs that have ended. */
  errorRate(): number {
    return this.errors / Math.max(1, this.ended);
  }

  meanCost(): number {
    return this.costs / Math.max(1, this.ended);
  }
}
