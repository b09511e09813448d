/** The row of a tool request's run. Pure. */
import type { ToolCut, ToolOutcome } from '../../workflows/contract/tools/tool-request.ts';
import {
  completeTimes,
  noMeasures,
  type Run,
  type RunMeasures,
  type RunOutcome,
  type RunPart,
} from '../../workflows/contract/runs/run.ts';
import { noUsage, type Usage } from '../../workflows/contract/usage.ts';
import type { ToolRequestHead } from '../tools/tool-request-row.ts';

/** What the worker that ends a request has measured, and what the whole request has cost. */
export interface MeasuredRequest {
  readonly measures: RunMeasures;
  /** Of the activity that ends it; null when none has measured it. */
  readonly times: Partial<Record<RunPart, number>> | null;
  readonly attempts: number;
  readonly usage: Usage;
}

/** Of a request that no worker has measured. */
export const unmeasuredRequest: MeasuredRequest = { measures: noMeasures, times: null, attempts: 0, usage: noUsage };

export function toolRun(
  head: ToolRequestHead,
  { outcome, cut }: { readonly outcome: ToolOutcome; readonly cut: ToolCut | null },
  now: Date,
  { measures, times, attempts, usage }: MeasuredRequest,
): Run {
  const queuedMs = Date.parse(head.acceptedAt);
  const endedMs = Math.max(now.getTime(), queuedMs);
  const queue = (head.startedAt === null ? endedMs : Date.parse(head.startedAt)) - queuedMs;
  return {
    ...measures,
    key: `tool.${head.id}`,
    kind: 'tool',
    work: head.tool,
    ownerId: head.id,
    partId: null,
    leadMagnet: null,
    outcome: outcomes[outcome],
    reason: cut?.type ?? null,
    limits: {
      attemptSeconds: head.limits.toolSeconds,
      totalSeconds: head.limits.requestSeconds,
      heartbeatSeconds: head.limits.heartbeatSeconds,
      attempts: head.limits.attempts,
    },
    limitsVersion: 0,
    queuedMs,
    endedMs,
    // Before the activity that ends a request comes the tool's own turn, which asks a model.
    times: times === null ? null : completeTimes({ ...times, queue }, endedMs - queuedMs, 'model'),
    turns: head.turn,
    inputTokens: usage.inputTokens,
    outputTokens: usage.outputTokens,
    costMicroUsd: usage.costUsd * 1e6,
    attempts,
  };
}

const outcomes: Readonly<Record<ToolOutcome, RunOutcome>> = {
  completed: 'succeeded',
  partial: 'partial',
  timed_out: 'timed_out',
  failed: 'failed',
  cancelled: 'cancelled',
};
