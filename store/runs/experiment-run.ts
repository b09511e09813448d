/** The row of an experiment's run. Pure. */
import type { ExperimentTimes } from '../../workflows/contract/experiments/experiment.ts';
import type { ExperimentLimits } from '../../workflows/contract/experiments/limits.ts';
import { completeTimes, noMeasures, type Run, type RunOutcome } from '../../workflows/contract/runs/run.ts';
import type { EndedRound } from '../experiments/experiment-end.ts';

export interface ExperimentRunRow {
  readonly id: string;
  readonly acceptedAt: string;
  readonly startedAt: string | null;
  readonly limits: Pick<ExperimentLimits, 'totalSeconds' | 'heartbeatSeconds' | 'attempts'>;
  readonly usage: { readonly inputTokens: number; readonly outputTokens: number; readonly costUsd: number };
  /** Of the most memory of each phase with code under test. */
  readonly memoryBytes: readonly number[];
  readonly rounds: number;
}

/** `times`: what its phases took, by its workflow; null for one whose workflow does not tell it, or that never began. */
export function experimentRun(
  row: ExperimentRunRow,
  { state, failure }: EndedRound,
  now: Date,
  times: ExperimentTimes | null,
): Run {
  const queuedMs = Date.parse(row.acceptedAt);
  const endedMs = Math.max(now.getTime(), queuedMs);
  const queue = (row.startedAt === null ? endedMs : Date.parse(row.startedAt)) - queuedMs;
  const parts =
    times === null ? null : { queue, sandbox: times.sandboxSeconds * 1000, model: times.modelSeconds * 1000 };
  const { totalSeconds, heartbeatSeconds, attempts } = row.limits;
  return {
    ...noMeasures,
    memoryPeakBytes: row.memoryBytes.length === 0 ? null : Math.max(...row.memoryBytes),
    memoryMeanBytes:
      row.memoryBytes.length === 0 ? null : row.memoryBytes.reduce((sum, one) => sum + one, 0) / row.memoryBytes.length,
    key: `experiment.${row.id}`,
    kind: 'experiment',
    work: 'experiment',
    ownerId: row.id,
    partId: null,
    leadMagnet: null,
    outcome: outcomes[state],
    reason: failure === null ? null : `experiment_${failure.type}`,
    limits: { attemptSeconds: null, totalSeconds, heartbeatSeconds, attempts },
    limitsVersion: 0,
    queuedMs,
    endedMs,
    times: parts === null ? null : completeTimes(parts, endedMs - queuedMs),
    turns: row.rounds,
    inputTokens: row.usage.inputTokens,
    outputTokens: row.usage.outputTokens,
    costMicroUsd: row.usage.costUsd * 1e6,
    attempts: 1,
  };
}

const outcomes: Readonly<Record<EndedRound['state'], RunOutcome>> = {
  completed: 'succeeded',
  partial: 'partial',
  failed: 'failed',
  cancelled: 'cancelled',
  timed_out: 'timed_out',
};
