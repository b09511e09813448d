/** Starts workflows of batches and sends them Updates and signals. The workflow id is the batch id: a second start does nothing. */
import {
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { ApplicationFailure, TypedSearchAttributes } from '@temporalio/common';
import { llmBatchType, type LlmBatchInput } from '../../../workflows/contract/batches/batch.ts';
import type { BatchLimitChanges } from '../../../workflows/contract/batches/limits.ts';
import {
  appendToBatchUpdate,
  cancelBatchUpdate,
  changeBatchLimitsUpdate,
  pauseBatchUpdate,
  resumeBatchUpdate,
  wakeBatchSignal,
} from '../../../workflows/contract/batches/messages.ts';
import type { BatchView } from '../../../workflows/contract/batches/schema.ts';
import { searchAttributes, taskQueue } from '../../../workflows/contract/names.ts';
import type { TemporalCalls } from '../temporal-calls.ts';

/** A change that is sent to a batch's workflow as an Update. */
export type BatchOrder =
  | { readonly kind: 'pause'; readonly message: string }
  | { readonly kind: 'resume' }
  | { readonly kind: 'cancel' }
  | { readonly kind: 'append'; readonly itemCount: number }
  | { readonly kind: 'limits'; readonly changes: BatchLimitChanges };

/** The result of an order; `message` is the workflow's reason for a refusal. */
export interface OrderTaken {
  readonly as: 'taken' | 'refused' | 'no_batch';
  readonly message: string;
}

export interface BatchTemporal {
  /** Starts the batch's workflow unless it runs; paused when the batch is paused. Throws `TemporalUnreachable`. */
  start(batch: BatchView): Promise<void>;
  /** Sends an order; it is in force when this returns. Throws `TemporalUnreachable` and `JobUnattended`. */
  order(id: string, order: BatchOrder): Promise<OrderTaken>;
  /** Ends the batch's wait at once. Throws `TemporalUnreachable`. */
  wake(id: string): Promise<void>;
}

export function createBatchTemporal(temporal: TemporalCalls, queuePrefix: string): BatchTemporal {
  const { client, within, answered, whyNotTaken, unreachable } = temporal;
  return {
    async start({ id, tenant, pause, definition }) {
      const input: LlmBatchInput = { batchId: id, limits: definition.limits, startPaused: pause !== null };
      await within(async () => {
        await client.workflow.start(llmBatchType, {
          workflowId: id,
          taskQueue: taskQueue(queuePrefix, 'jobs'),
          args: [input],
          workflowIdConflictPolicy: 'USE_EXISTING',
          // A reopened batch, whose failed items are retried, gets a new workflow with the same id.
          workflowIdReusePolicy: 'ALLOW_DUPLICATE',
          staticSummary: `${definition.name}, ${definition.model}`,
          typedSearchAttributes: new TypedSearchAttributes([
            { key: searchAttributes.tenant, value: tenant },
            { key: searchAttributes.state, value: 'queued' },
          ]),
          priority: { fairnessKey: tenant },
        });
      });
    },
    async order(id, order) {
      const give = async (): Promise<unknown> => {
        const handle = client.workflow.getHandle(id);
        switch (order.kind) {
          case 'pause':
            return handle.executeUpdate(pauseBatchUpdate, { args: [{ message: order.message }] });
          case 'resume':
            return handle.executeUpdate(resumeBatchUpdate);
          case 'cancel':
            return handle.executeUpdate(cancelBatchUpdate);
          case 'append':
            return handle.executeUpdate(appendToBatchUpdate, { args: [{ itemCount: order.itemCount }] });
          case 'limits':
            return handle.executeUpdate(changeBatchLimitsUpdate, { args: [order.changes] });
        }
      };
      try {
        await answered(give);
        return { as: 'taken', message: '' };
      } catch (error) {
        if (error instanceof WorkflowNotFoundError)
          return { as: 'no_batch', message: 'Temporal has no running workflow of this batch' };
        if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) throw await whyNotTaken(id, error);
        const refusal = refusalIn(error);
        if (refusal === null) throw unreachable(error);
        return { as: 'refused', message: refusal };
      }
    },
    async wake(id) {
      await within(() => client.workflow.getHandle(id).signal(wakeBatchSignal));
    },
  };
}

/** The workflow's reason for refusing an order; null when the error is another. */
function refusalIn(error: unknown): string | null {
  if (!(error instanceof WorkflowUpdateFailedError) || !(error.cause instanceof ApplicationFailure)) return null;
  return error.cause.type === 'batch_refused' ? error.cause.message : null;
}
