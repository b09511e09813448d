/** A run for tests of reports: a step that asks a model for ten seconds, and what a test changes of it. */
import { builtInVersion } from '../../../workflows/contract/limits/limits-version.ts';
import { completeTimes, noMeasures, type RunTimes } from '../../../workflows/contract/runs/run.ts';
import type { TenantRun } from '../../../workflows/contract/insights/run-summary.ts';

export interface RunChanges extends Partial<Omit<TenantRun, 'times'>> {
  readonly durationMs?: number;
  /** What is not named belongs to the model. */
  readonly parts?: Partial<RunTimes>;
}

export function runOf(number: number, { durationMs = 10_000, parts = {}, ...changes }: RunChanges = {}): TenantRun {
  const endedMs = changes.endedMs ?? Date.UTC(2026, 10, 30, 12) + number * 1000;
  return {
    ...noMeasures,
    key: `step.job-${number}.write.1`,
    tenant: 'acme',
    kind: 'step',
    work: 'ai',
    ownerId: `job-${number}`,
    partId: 'write',
    leadMagnet: 'report',
    model: 'large',
    outcome: 'succeeded',
    reason: null,
    limits: { attemptSeconds: 900, totalSeconds: 21_600, heartbeatSeconds: 15, attempts: 8 },
    limitsVersion: builtInVersion,
    turns: 0,
    inputTokens: 100,
    outputTokens: 10,
    costMicroUsd: 1000,
    attempts: 1,
    ...changes,
    queuedMs: endedMs - durationMs,
    endedMs,
    times: completeTimes(parts, durationMs, 'model'),
  };
}

export function runsOf(count: number, changes: RunChanges | ((number: number) => RunChanges)): readonly TenantRun[] {
  return Array.from({ length: count }, (_, number) =>
    runOf(number, typeof changes === 'function' ? changes(number) : changes),
  );
}
