/** Adds up runs to the summaries of their groups. Pure, but for the tally itself. */
import { causeOf, slowMs, type RunCause } from './causes.ts';
import { distributionOf } from './distribution.ts';
import {
  addCount,
  addTimes,
  bestExamples,
  byCause,
  hourMs,
  noTimes,
  type RunExample,
  type RunGroup,
  type RunSummary,
  type TenantRun,
} from './run-summary.ts';

/** Adds up runs of one group. */
class RunTally {
  private readonly group: RunGroup;
  private readonly counts = { runs: 0, aboveMinute: 0, measured: 0, coldStarts: 0, warmStarts: 0, attempts: 0 };
  private readonly sums = { memoryMeanSum: 0, longestRepeat: 0, turns: 0, inputTokens: 0, outputTokens: 0 };
  private readonly byName = {
    outcomes: noCounts(),
    reasons: noCounts(),
    refusals: noCounts(),
    busyMsByHour: noCounts(),
    startsByHour: noCounts(),
  };
  private readonly values = {
    duration: new Array<number>(),
    attempt: new Array<number>(),
    cutOff: new Array<number>(),
    memory: new Array<number>(),
    cost: new Array<number>(),
  };
  private readonly causes = byCause(() => 0);
  private readonly examples = byCause((): readonly RunExample[] => []);
  private times = noTimes;

  constructor(group: RunGroup) {
    this.group = group;
  }

  add(run: TenantRun): void {
    const { counts, sums, values, byName } = this;
    const durationMs = Math.max(0, run.endedMs - run.queuedMs);
    const cause = causeOf(run);
    const attemptMs = attemptOf(run, durationMs);
    counts.runs += 1;
    counts.attempts += run.attempts;
    if (durationMs > slowMs) counts.aboveMinute += 1;
    addCount(byName.outcomes, run.outcome, 1);
    if (run.reason !== null) addCount(byName.reasons, run.reason, 1);
    if (run.statusCode !== null) addCount(byName.refusals, String(run.statusCode), 1);
    values.duration.push(durationMs);
    if (cause === 'cut_off') values.cutOff.push(attemptMs);
    else if (run.outcome === 'succeeded' && run.times !== null) values.attempt.push(attemptMs);
    if (run.memoryPeakBytes !== null) {
      values.memory.push(run.memoryPeakBytes);
      sums.memoryMeanSum += run.memoryMeanBytes ?? run.memoryPeakBytes;
    }
    values.cost.push(run.costMicroUsd);
    if (run.times !== null) {
      counts.measured += 1;
      this.times = addTimes(this.times, run.times);
    }
    if (run.coldStart !== null) counts[run.coldStart ? 'coldStarts' : 'warmStarts'] += 1;
    sums.longestRepeat = Math.max(sums.longestRepeat, run.longestRepeat ?? 0);
    sums.turns += run.turns;
    sums.inputTokens += run.inputTokens;
    sums.outputTokens += run.outputTokens;
    const hour = String(Math.floor(run.endedMs / hourMs));
    addCount(byName.busyMsByHour, hour, Math.max(0, durationMs - (run.times?.queue ?? 0) - (run.times?.person ?? 0)));
    addCount(byName.startsByHour, hour, 1);
    if (cause !== null) this.note(cause, exampleOf(run, durationMs));
  }

  summary(): RunSummary {
    const { duration, attempt, cutOff, memory, cost } = this.values;
    return {
      group: this.group,
      ...this.counts,
      ...this.sums,
      outcomes: { ...this.byName.outcomes },
      reasons: { ...this.byName.reasons },
      refusals: { ...this.byName.refusals },
      busyMsByHour: { ...this.byName.busyMsByHour },
      startsByHour: { ...this.byName.startsByHour },
      causes: { ...this.causes },
      examples: { ...this.examples },
      times: this.times,
      duration: distributionOf(duration),
      attempt: distributionOf(attempt),
      cutOff: distributionOf(cutOff),
      memory: distributionOf(memory),
      cost: distributionOf(cost),
    };
  }

  private note(cause: RunCause, example: RunExample): void {
    this.causes[cause] += 1;
    this.examples[cause] = bestExamples(cause, [...this.examples[cause], example]);
  }
}

/** The summaries of runs, one for each group that occurs. */
export function summariesOf(runs: Iterable<TenantRun>): readonly RunSummary[] {
  const tallies = new Tallies();
  for (const run of runs) tallies.add(run);
  return tallies.summaries();
}

/** Adds up runs of any groups. */
export class Tallies {
  private readonly byKey = new Map<string, RunTally>();

  add(run: TenantRun): void {
    const group = groupOf(run);
    const key = JSON.stringify(Object.values(group));
    const tally = this.byKey.get(key) ?? new RunTally(group);
    this.byKey.set(key, tally);
    tally.add(run);
  }

  summaries(): readonly RunSummary[] {
    return [...this.byKey.values()].map((tally) => tally.summary());
  }
}

function groupOf({ tenant, kind, work, leadMagnet, partId, model, limitsVersion }: TenantRun): RunGroup {
  return { tenant, kind, work, leadMagnet, step: kind === 'step' ? partId : null, model, limitsVersion };
}

/**
 * The last attempt without the waits before it; of one that no worker could measure, the limit that ended it. A person who drives the
 * browser does so within the attempt, whose limit goes on; the answer to a question is waited for between two attempts.
 */
function attemptOf({ times, attempts, reason, limits }: TenantRun, durationMs: number): number {
  if (times !== null) {
    const betweenAttempts = attempts > 1 ? times.person : 0;
    return Math.max(0, durationMs - times.queue - times.retry - betweenAttempts);
  }
  if (reason === 'timeout_start_to_close' && limits?.attemptSeconds != null) return limits.attemptSeconds * 1000;
  return durationMs;
}

function exampleOf({ tenant, key, kind, ownerId, partId, endedMs }: TenantRun, durationMs: number): RunExample {
  return { tenant, key, kind, ownerId, partId, endedMs, durationMs };
}

function noCounts(): Record<string, number> {
  return {};
}
