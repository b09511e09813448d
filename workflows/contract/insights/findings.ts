/**
 * What the runs show: slowness, and what is no slowness. Each finding is about one step of a lead magnet, or one kind of other
 * work, with its numbers, some of its runs, and what to do. Pure.
 */
import { counted } from '../counted.ts';
import { adviceFor, partAdvice } from './advice.ts';
import type { FindingCause, RunCause } from './causes.ts';
import { countFrom, quantile } from './distribution.ts';
import { grouped, kindName, timeByPart } from './groups.ts';
import { joinSummaries } from './join-summaries.ts';
import type { Counts, RunExample, RunGroup, RunSummary } from './run-summary.ts';

export const findingLevels = ['critical', 'warning', 'info'] as const;
export type FindingLevel = (typeof findingLevels)[number];

export interface Finding extends Pick<RunGroup, 'tenant' | 'kind' | 'work' | 'leadMagnet' | 'step'> {
  readonly cause: FindingCause;
  readonly level: FindingLevel;
  /** What it is about, for people. */
  readonly about: string;
  /** How many runs show it, of how many. */
  readonly runs: number;
  readonly outOf: number;
  /** The numbers that it follows from, in one sentence. */
  readonly evidence: string;
  readonly advice: string;
  /** Some of the runs that show it. */
  readonly examples: readonly RunExample[];
}

/** Fewer runs are chance. */
const leastRuns = 3;
/** A run that uses this share of what ended others comes close to the limit. */
const nearShare = 0.8;
/** Where this share of the runs that end by themselves comes close, the limit is too tight; else what was cut off hung. */
const tightShare = 0.1;
/** Where waiting takes this share of the time, slots are missing. */
const queueShare = 0.2;
/** The thresholds of the alarms. */
const slowLevels = { criticalMs: 180_000, warningMs: 120_000 };

/** The most severe first, and of those what concerns most runs. */
export function findingsOf(summaries: readonly RunSummary[]): readonly Finding[] {
  const groups = grouped(summaries, ({ tenant, kind, work, leadMagnet, step }) =>
    JSON.stringify([tenant, kind, work, leadMagnet, step]),
  );
  const found = [...groups.values()].flatMap((members) => {
    const [first] = members;
    if (first === undefined) return [];
    const all = joinSummaries(members, first.group);
    return judges.flatMap((judge) => judge(all) ?? []);
  });
  return found.toSorted(
    (left, right) => findingLevels.indexOf(left.level) - findingLevels.indexOf(right.level) || right.runs - left.runs,
  );
}

/** How runs use the limit that ended some of them; `isTight`: others come close, so that they did not hang. */
export function limitUse({ cutOff, attempt }: Pick<RunSummary, 'cutOff' | 'attempt'>) {
  const limitMs = quantile(cutOff, 0.5);
  const near = countFrom(attempt, nearShare * limitMs);
  return { limitMs, near, isTight: attempt.count === 0 || near / attempt.count >= tightShare };
}

type Judge = (all: RunSummary) => Finding | null;

const refused: Judge = (all) => {
  const runs = all.causes.refused;
  if (runs < leastRuns) return null;
  const statuses = listed(all.refusals);
  const answers = statuses === '' ? '' : `; answers by status: ${statuses}`;
  const evidence = `${ofRuns(runs, all)} failed because something refused them or was not there${answers}`;
  return finding(all, 'missing_permission', 'refused', shareLevel(runs, all), evidence);
};

const looping: Judge = (all) => {
  const runs = all.causes.repeated;
  if (runs < leastRuns) return null;
  const evidence = `${ofRuns(runs, all)} did not succeed and repeated the same action or call, at the most ${all.longestRepeat} times in a row`;
  return finding(all, 'endless_loop', 'repeated', shareLevel(runs, all), evidence);
};

const endedByLimit: Judge = (all) => {
  const runs = all.causes.cut_off;
  if (runs < leastRuns) return null;
  const { limitMs, near, isTight } = limitUse(all);
  const ended = `${ofRuns(runs, all)} ended by a limit, half of them after ${seconds(limitMs)} or less`;
  const others =
    all.attempt.count === 0
      ? 'none ended by itself'
      : `${near} of the ${all.attempt.count} that succeeded used ${100 * nearShare} % of that or more (p95 ${seconds(quantile(all.attempt, 0.95))})`;
  return finding(all, isTight ? 'limit_too_tight' : 'stuck', 'cut_off', 'warning', `${ended}; ${others}`);
};

const waiting: Judge = (all) => {
  const runs = all.causes.waited;
  const queue = timeByPart(all).find(({ part }) => part === 'queue');
  const neverBegan = all.reasons['timeout_schedule_to_start'] ?? 0;
  const share = queue?.share ?? 0;
  if (runs < leastRuns || (share < queueShare && neverBegan === 0)) return null;
  const mean = all.measured === 0 ? 0 : (queue?.ms ?? 0) / all.measured;
  const evidence = `${ofRuns(runs, all)} waited for a worker for half of their time or more; waiting takes ${percent(share)} of all time, ${seconds(mean)} a run`;
  return finding(all, 'waiting_for_a_slot', 'waited', neverBegan > 0 ? 'critical' : 'warning', evidence);
};

const slow: Judge = (all) => {
  const runs = all.causes.slow;
  if (runs < leastRuns) return null;
  const sample = all.attempt.count === 0 ? all.duration : all.attempt;
  const p95 = quantile(sample, 0.95);
  const { criticalMs, warningMs } = slowLevels;
  const level = p95 > criticalMs ? 'critical' : p95 > warningMs ? 'warning' : 'info';
  // What is waited for is told by findings of their own.
  const [largest] = timeByPart(all).filter(({ part }) => part !== 'queue' && part !== 'person');
  const where = largest === undefined ? '' : `; ${percent(largest.share)} of the time is ${largest.part}`;
  const evidence = `${ofRuns(runs, all)} took more than 60 s and no other cause explains it; p95 ${seconds(p95)}${where}`;
  const made = finding(all, 'slow', 'slow', level, evidence);
  return largest === undefined ? made : { ...made, advice: partAdvice[largest.part] };
};

const judges: readonly Judge[] = [refused, looping, endedByLimit, waiting, slow];

function finding(
  { group, runs: outOf, causes, examples }: RunSummary,
  cause: FindingCause,
  runCause: RunCause,
  level: FindingLevel,
  evidence: string,
): Finding {
  const { tenant, kind, work, leadMagnet, step } = group;
  return {
    tenant,
    kind,
    work,
    leadMagnet,
    step,
    cause,
    level,
    about: step === null ? kindName(kind, work) : `step ${step} (${work}) of ${leadMagnet ?? 'a lead magnet'}`,
    runs: causes[runCause],
    outOf,
    evidence,
    advice: adviceFor[cause],
    examples: examples[runCause],
  };
}

/** The page of what a run belongs to. */
export function pageOf({ kind, ownerId }: Pick<RunExample, 'kind' | 'ownerId'>): string {
  const folders = { step: 'jobs', tool: 'tool-requests', item: 'batches', experiment: 'experiments' } as const;
  return `/${folders[kind]}/${encodeURIComponent(ownerId)}`;
}

function shareLevel(runs: number, { runs: outOf }: RunSummary): FindingLevel {
  return runs * 2 >= outOf ? 'critical' : 'warning';
}

function ofRuns(runs: number, { runs: outOf }: RunSummary): string {
  return `${runs} of ${counted(outOf, 'run')}`;
}

function listed(counts: Counts): string {
  return Object.entries(counts)
    .map(([name, value]) => `${name} (${value})`)
    .join(', ');
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
