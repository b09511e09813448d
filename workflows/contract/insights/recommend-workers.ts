/**
 * Recommends what workers need for the work as it came: slots and memory for browsers and sandboxes, and browsers that are kept
 * warm. From busy hours, at the upper end of the confidence interval of their p95. Pure.
 */
import { counted } from '../counted.ts';
import { quantileInterval } from './confidence.ts';
import { distributionOf } from './distribution.ts';
import { joinSummaries } from './join-summaries.ts';
import { hourMs, type Counts, type RunSummary } from './run-summary.ts';

/** The settings of workers that this is about. */
export const workerSettings = ['LODESTONE_BROWSERS', 'LODESTONE_SANDBOXES', 'LODESTONE_WARM_BROWSERS'] as const;

export interface WorkerRecommendation {
  readonly setting: (typeof workerSettings)[number];
  readonly runs: number;
  /** How many more are needed; 0 when there are enough. */
  readonly missingRuns: number;
  /** Over all workers together; null without enough runs. */
  readonly value: number | null;
  /** For that many at once; null where it was not measured, or is that of the slots. */
  readonly memoryBytes: number | null;
  readonly why: string;
}

interface Resource {
  readonly setting: WorkerRecommendation['setting'];
  readonly works: readonly string[];
  /** Milliseconds that each run needs one; null: as long as it runs. */
  readonly eachMs: number | null;
}

/** A warm browser is replaced by a new one within this time, on a busy machine. */
const replacedMs = 5000;

const resources: readonly Resource[] = [
  { setting: 'LODESTONE_BROWSERS', works: ['computer_use'], eachMs: null },
  { setting: 'LODESTONE_SANDBOXES', works: ['code', 'experiment'], eachMs: null },
  { setting: 'LODESTONE_WARM_BROWSERS', works: ['computer_use'], eachMs: replacedMs },
];

export function recommendWorkers(summaries: readonly RunSummary[], leastRuns: number): readonly WorkerRecommendation[] {
  return resources.map((resource) => recommendation(resource, summaries, leastRuns));
}

function recommendation(
  { setting, works, eachMs }: Resource,
  summaries: readonly RunSummary[],
  leastRuns: number,
): WorkerRecommendation {
  const own = summaries.filter(({ group }) => works.includes(group.work));
  const [first] = own;
  const all = first === undefined ? null : joinSummaries(own, first.group);
  const runs = all?.runs ?? 0;
  const missingRuns = Math.max(0, leastRuns - runs);
  if (all === null || missingRuns > 0) {
    const why = `${counted(missingRuns, 'more run')} needed`;
    return { setting, runs, missingRuns, value: null, memoryBytes: null, why };
  }
  const busy = loadsOf(eachMs === null ? all.busyMsByHour : all.startsByHour, eachMs ?? 1);
  const load = quantileInterval(distributionOf(busy), 0.95);
  // The square-root rule: few have to wait when as many more are free as chance makes the load differ.
  const value = Math.max(1, Math.ceil(load.high + 2 * Math.sqrt(load.high)));
  const memory = quantileInterval(all.memory, 0.99);
  const memoryBytes = all.memory.count === 0 || eachMs !== null ? null : Math.ceil(memory.high * value);
  const starts = all.coldStarts + all.warmStarts;
  const cold = eachMs === null || starts === 0 ? '' : `; ${all.coldStarts} of ${counted(starts, 'start')} were cold`;
  const room =
    memoryBytes === null
      ? ''
      : `; each takes up to ${mebibytes(memory.high)} MiB${memory.isBounded ? '' : ' as far as so few runs tell'}`;
  const why = `p95 of ${counted(busy.length, 'hour')} with ${counted(runs, 'run')} is ${figure(load.value)} in use at once (${load.isBounded ? `95 % confidence: up to ${figure(load.high)}` : `too few hours for an upper end; the busiest had ${figure(load.high)}`}), with room for chance${cold}${room}`;
  return { setting, runs, missingRuns, value, memoryBytes, why };
}

/** How many are in use at once, on average, in each hour with runs. */
function loadsOf(byHour: Counts, eachMs: number): readonly number[] {
  return Object.values(byHour).map((value) => (value * eachMs) / hourMs);
}

function mebibytes(bytes: number): number {
  return Math.ceil(bytes / 2 ** 20);
}

function figure(value: number): string {
  return value.toFixed(2);
}
