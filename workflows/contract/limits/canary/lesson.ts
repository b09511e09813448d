/**
 * What is learned of the first runs of the control, before any run is judged. Pure.
 *
 * They are the first to start, not the first to end, or long runs would teach that short ones are usual. The two slowest
 * of them are not waited for: their durations do not change the p95.
 */
import type { Observation, Outcome } from './cohort.ts';
import { quantile } from './scale.ts';

/** So many runs of the control teach what is normal; they are not judged. */
export const learningRuns = 40;

export type LearningRun = Pick<Observation, 'durationMs' | 'outcome'>;

export interface Lesson {
  /** Infinite for those above the p95: how long they take is not known at every look. */
  readonly durationsMs: readonly number[];
  /** Of the others. */
  readonly outcomes: readonly Outcome[];
}

/** Null while there are too few runs, or the p95 of them is not certain. */
export function lessonOf(runs: readonly LearningRun[]): Lesson | null {
  if (runs.length < learningRuns) return null;
  const known = runs.map(({ durationMs, outcome }) => (outcome === null ? Infinity : durationMs));
  const p95Ms = quantile(Float64Array.from(known).sort(), 0.95);
  const isCertain = runs.every(({ durationMs, outcome }) => outcome !== null || durationMs > p95Ms);
  if (p95Ms === Infinity || !isCertain) return null;
  return {
    durationsMs: known.map((durationMs) => (durationMs > p95Ms ? Infinity : durationMs)),
    outcomes: runs.flatMap(({ durationMs, outcome }) => (outcome === null || durationMs > p95Ms ? [] : [outcome])),
  };
}
