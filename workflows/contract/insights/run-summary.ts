/**
 * What the runs of a group come to: counts, sums and distributions, without the runs themselves. Made of rows or of the rollups of
 * hours, and two can be joined. Reports and recommendations are made of these alone. Pure, and safe in the workflow sandbox.
 */
import { runParts, type Run, type RunTimes } from '../runs/run.ts';
import type { RunCause } from './causes.ts';
import type { Distribution } from './distribution.ts';

/** What the runs of a summary have in common. */
export interface RunGroup extends Pick<Run, 'kind' | 'work' | 'leadMagnet' | 'model' | 'limitsVersion'> {
  readonly tenant: string;
  /** The step of the lead magnet; null for what is no step. */
  readonly step: string | null;
}

/** Of runs of any group together: their figures do not tell which it is. */
export const noGroup: RunGroup = {
  tenant: '',
  kind: 'step',
  work: '',
  leadMagnet: null,
  step: null,
  model: null,
  limitsVersion: 0,
};

export interface TenantRun extends Run {
  readonly tenant: string;
}

/** A run that shows something. */
export interface RunExample extends Pick<Run, 'key' | 'kind' | 'ownerId' | 'partId' | 'endedMs'> {
  readonly tenant: string;
  readonly durationMs: number;
}

export type Counts = Readonly<Record<string, number>>;

export interface RunSummary {
  readonly group: RunGroup;
  readonly runs: number;
  /** Runs above 60 s. */
  readonly aboveMinute: number;
  readonly outcomes: Counts;
  readonly reasons: Counts;
  /** By HTTP status. */
  readonly refusals: Counts;
  readonly causes: Readonly<Record<RunCause, number>>;
  /** From scheduled to ended, in milliseconds. */
  readonly duration: Distribution;
  /** Time of the last attempt, of runs that did their work: what a limit must leave room for. */
  readonly attempt: Distribution;
  /** The same of runs that a limit ended. */
  readonly cutOff: Distribution;
  /** Bytes, at the most. */
  readonly memory: Distribution;
  readonly memoryMeanSum: number;
  readonly cost: Distribution;
  /** Runs whose parts were measured, and the sums of their parts. */
  readonly measured: number;
  readonly times: RunTimes;
  readonly coldStarts: number;
  readonly warmStarts: number;
  readonly longestRepeat: number;
  readonly attempts: number;
  readonly turns: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Milliseconds of work by the hour in which the runs ended, counted from the epoch: what slots are needed for. */
  readonly busyMsByHour: Counts;
  readonly startsByHour: Counts;
  readonly examples: Readonly<Record<RunCause, readonly RunExample[]>>;
}

export const hourMs = 3_600_000;
const mostExamples = 3;

export const noTimes: RunTimes = {
  queue: 0,
  retry: 0,
  person: 0,
  model: 0,
  tool: 0,
  browser: 0,
  sandbox: 0,
  render: 0,
  store: 0,
  other: 0,
};

export function addTimes(left: RunTimes, right: RunTimes): RunTimes {
  const sums: Record<keyof RunTimes, number> = { ...left };
  for (const part of runParts) sums[part] += right[part];
  return sums;
}

export function byCause<Value>(make: () => Value): Record<RunCause, Value> {
  return { refused: make(), repeated: make(), cut_off: make(), waited: make(), slow: make() };
}

export function addCount(counts: Record<string, number>, name: string, value: number): void {
  counts[name] = (counts[name] ?? 0) + value;
}

/** The examples that are kept of a cause: the slowest, or the newest of what is no matter of time. */
export function bestExamples(cause: RunCause, examples: readonly RunExample[]): readonly RunExample[] {
  const rank = ({ durationMs, endedMs }: RunExample): number =>
    cause === 'slow' || cause === 'waited' ? durationMs : endedMs;
  return examples.toSorted((left, right) => rank(right) - rank(left)).slice(0, mostExamples);
}
