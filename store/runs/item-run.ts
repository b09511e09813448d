/** The row of a batch item's run. Pure. */
import type { BatchItemEnd } from '../../workflows/contract/batches/batch.ts';
import type { Reason } from '../../workflows/contract/failures.ts';
import { completeTimes, noMeasures, type Run, type RunOutcome } from '../../workflows/contract/runs/run.ts';
import type { Usage } from '../../workflows/contract/usage.ts';

export interface EndedItem {
  readonly batchId: string;
  readonly position: number;
  readonly status: BatchItemEnd;
  readonly reason: Reason | null;
  /** Null where it is not known. */
  readonly model: string | null;
  readonly now: number;
  /** Of the last call; null when it is not known what it was. */
  readonly usage: Usage | null;
  readonly costNano: number;
}

/** What its row had before it ended. */
export interface OpenItemRow {
  readonly created_ms: number;
  /** When the newest call was admitted; null when none was. */
  readonly intended_ms: number | null;
  readonly attempts: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cost_nano: number;
}

/** An item that is tried again after its end runs once more. */
export function itemRunKey(batchId: string, position: number, intendedMs: number | null): string {
  return `item.${batchId}.${position}.${intendedMs}`;
}

/** Null for an item that was never called: it did not run. */
export function itemRun(item: EndedItem, row: OpenItemRow): Run | null {
  const { batchId, position, status, reason, model, now, usage, costNano } = item;
  if (row.intended_ms === null) return null;
  const waitedMs = row.intended_ms - row.created_ms;
  const isRepeated = row.attempts > 1;
  const endedMs = Math.max(now, row.created_ms);
  const measured = { [isRepeated ? 'retry' : 'queue']: waitedMs, model: endedMs - row.intended_ms };
  return {
    ...noMeasures,
    key: itemRunKey(batchId, position, row.intended_ms),
    kind: 'item',
    work: 'item',
    ownerId: batchId,
    partId: String(position),
    leadMagnet: null,
    model,
    outcome: outcomes[status],
    reason: reason?.type ?? null,
    limits: null,
    limitsVersion: 0,
    queuedMs: row.created_ms,
    endedMs,
    times: completeTimes(measured, endedMs - row.created_ms),
    turns: 0,
    inputTokens: row.input_tokens + (usage?.inputTokens ?? 0),
    outputTokens: row.output_tokens + (usage?.outputTokens ?? 0),
    costMicroUsd: (row.cost_nano + costNano) / 1000,
    attempts: row.attempts,
  };
}

/** What the runs of items that are ended together need of their rows. */
export const itemRunColumns = [
  'position',
  'created_ms',
  'intended_ms',
  'attempts',
  'input_tokens',
  'output_tokens',
  'cost_nano',
] as const;

/** Of items that are ended together: those that were called before and waited for another attempt have run. */
export function itemRuns(
  end: Pick<EndedItem, 'batchId' | 'status' | 'reason' | 'now'>,
  rows: readonly (OpenItemRow & { readonly position: number })[],
): readonly Run[] {
  return rows.flatMap(
    (row) => itemRun({ ...end, position: row.position, model: null, usage: null, costNano: 0 }, row) ?? [],
  );
}

/** An uncertain item has no answer that anybody knows. */
const outcomes: Readonly<Record<BatchItemEnd, RunOutcome>> = {
  succeeded: 'succeeded',
  failed: 'failed',
  timed_out: 'timed_out',
  cancelled: 'cancelled',
  uncertain: 'failed',
};
