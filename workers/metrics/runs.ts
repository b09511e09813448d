/**
 * Measures each run whose row this worker writes: how long it took, how it ended, by which limit, where its time went and what it
 * cost. Labels have values of closed lists, and models are capped, so that no tenant makes a metric of its own.
 */
import type { MetricMeter } from '@temporalio/common';
import { tools } from '../../workflows/contract/tools/catalogue.ts';
import { stepKinds } from '../../workflows/contract/limits/limits.ts';
import { runKinds, runParts, type Run, type RunKind } from '../../workflows/contract/runs/run.ts';

/** `own`: the limit of the work itself, such as the budget of computer use; Temporal's limits have its names. */
const runLimits = ['start_to_close', 'heartbeat', 'schedule_to_close', 'schedule_to_start', 'own'] as const;
/**
 * Alerts are of these. A run of more than the second is counted for both. Time without a free worker is not the run's: alerts of queues
 * tell it.
 */
const slowSeconds = [120, 180] as const;
const mostModels = 50;
/** Two are in force while a canary is tried. */
const mostVersions = 20;

export interface RunMetrics {
  readonly measure: (run: Run) => void;
}

export function createRunMetrics(meter: MetricMeter): RunMetrics {
  const counter = (name: string, unit: string, told: string) => meter.createCounter(`lodestone_${name}`, unit, told);
  const histogram = (name: string, unit: string, told: string) =>
    meter.createHistogram(`lodestone_${name}`, 'float', unit, told);
  const durations = histogram('run_duration', 's', 'runs, without the time that they waited for a person');
  const ratios = histogram('run_limit_ratio', 'ratio', 'share of the limit that runs came closest to');
  const ends = counter('runs', 'runs', 'ended runs, by outcome and reason');
  const timeouts = counter('run_timeouts', 'runs', 'runs that a time limit ended');
  const slow = counter('slow_runs', 'runs', 'runs that took longer than so many seconds, without queue and person');
  const parts = counter('run_part_milliseconds', 'ms', 'where the time of runs went');
  const costs = counter('run_cost_microusd', 'microusd', 'what runs have cost');
  const tokens = counter('run_tokens', 'tokens', 'tokens of runs');
  const starts = counter('run_starts', 'runs', 'runs with a browser or a sandbox, by whether it was started for them');
  const byVersion = histogram('limits_version_duration', 's', 'runs by the version of the limits in force');
  const modelOf = firstNames(mostModels);
  const versionOf = newestVersions(mostVersions);
  // A counter that appears with its first event has not increased for Prometheus.
  for (const kind of runKinds) {
    for (const limit of runLimits) timeouts.add(0, { kind, limit });
    for (const work of worksOf(kind)) {
      for (const seconds of slowSeconds) slow.add(0, { kind, work, seconds: String(seconds) });
    }
  }
  return {
    measure(run) {
      const { kind, work, outcome, reason } = run;
      const tags = { kind, work };
      const seconds = workedSeconds(run);
      durations.record(seconds, { ...tags, outcome });
      byVersion.record(seconds, { work, version: versionOf(run.limitsVersion), outcome });
      ends.add(1, { ...tags, outcome, reason: reason ?? 'none' });
      if (outcome === 'timed_out') timeouts.add(1, { kind, limit: limitOf(run) });
      const active = seconds - (run.times?.queue ?? 0) / 1000;
      for (const least of slowSeconds) {
        if (active > least) slow.add(1, { ...tags, seconds: String(least) });
      }
      const ratio = limitShare(run);
      if (ratio !== null) ratios.record(ratio, tags);
      for (const part of runParts) {
        const milliseconds = run.times?.[part] ?? 0;
        if (milliseconds > 0) parts.add(Math.round(milliseconds), { ...tags, part });
      }
      const model = run.model === null ? 'none' : modelOf(run.model);
      costs.add(Math.round(run.costMicroUsd), { ...tags, model });
      tokens.add(run.inputTokens, { ...tags, direction: 'input' });
      tokens.add(run.outputTokens, { ...tags, direction: 'output' });
      if (run.coldStart !== null) starts.add(1, { work, start: run.coldStart ? 'cold' : 'warm' });
    },
  };
}

function worksOf(kind: RunKind): readonly string[] {
  if (kind === 'step') return stepKinds;
  return kind === 'tool' ? tools.map(({ name }) => name) : [kind];
}

/** A person may answer the next day: that is no slowness. */
function workedSeconds({ queuedMs, endedMs, times }: Run): number {
  return Math.max(0, endedMs - queuedMs - (times?.person ?? 0)) / 1000;
}

function limitOf({ reason }: Run): (typeof runLimits)[number] {
  return runLimits.find((limit) => reason === `timeout_${limit}`) ?? 'own';
}

/** Of the whole against the limit of all attempts, or of the last attempt against its own: whichever is closer. */
function limitShare(run: Run): number | null {
  const { limits, times } = run;
  const whole = workedSeconds(run);
  const last = times === null ? whole : whole - (times.queue + times.retry) / 1000;
  const shares = [
    limits?.totalSeconds ? whole / limits.totalSeconds : 0,
    limits?.attemptSeconds ? last / limits.attemptSeconds : 0,
  ];
  return limits === null ? null : Math.max(0, ...shares);
}

/** The first so many names are kept; those that come later are `other`. */
function firstNames(most: number): (name: string) => string {
  const known = new Set<string>();
  return (name) => {
    if (known.size < most) known.add(name);
    return known.has(name) ? name : 'other';
  };
}

/** The newest so many versions are kept, since a canary is the newest; older ones are `other`. */
function newestVersions(most: number): (version: number) => string {
  const known = new Set<number>();
  return (version) => {
    known.add(version);
    if (known.size > most) known.delete(Math.min(...known));
    return known.has(version) ? String(version) : 'other';
  };
}
