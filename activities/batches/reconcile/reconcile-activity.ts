/** Runs the reconciliation of batches as an activity: with the worker's own client, metrics and log. */
import { Context } from '@temporalio/activity';
import { WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError, type Client } from '@temporalio/client';
import { llmBatchType } from '../../../workflows/contract/batches/batch.ts';
import type { ReconcileActivities, ReconcileFigures } from '../../../workflows/contract/batches/reconcile.ts';
import type { Watch } from '../../experiments/watch.ts';
import { withHeartbeat } from '../../heartbeat.ts';
import { reconcileBatches, type BatchWorkflows, type ReconcileDependencies } from './reconcile.ts';

export function createReconcile(
  dependencies: Pick<ReconcileDependencies, 'stores' | 'now' | 'notifiers'> & { readonly watch: Watch },
): ReconcileActivities {
  return {
    reconcileBatches: () =>
      withHeartbeat(null, (_beat, signal) => {
        const { client, info, log, metricMeter } = Context.current();
        const furtherAlerts = () => dependencies.watch(metricMeter);
        return reconcileBatches(
          { ...dependencies, furtherAlerts, workflows: batchWorkflows(client, info.taskQueue), measure, log },
          signal,
        );
      }),
  };
}

function batchWorkflows(client: Client, taskQueue: string): BatchWorkflows {
  return {
    async isRunning(batchId) {
      try {
        const { status } = await client.workflow.getHandle(batchId).describe();
        return status.name === 'RUNNING' || status.name === 'PAUSED' || status.name === 'CONTINUED_AS_NEW';
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return false;
        throw error;
      }
    },
    async start(batchId, limits) {
      try {
        const args = [{ batchId, limits, startPaused: false }];
        await client.workflow.start(llmBatchType, { workflowId: batchId, taskQueue, args });
      } catch (error) {
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      }
    },
  };
}

/** The figures of P20 to P22 as metrics; the Prometheus rules are in `ops/`. */
function measure(figures: ReconcileFigures): void {
  const { metricMeter } = Context.current();
  const gauge = (name: string, value: number, description: string): void =>
    metricMeter.createGauge(`lodestone_batch_${name}`, 'int', 'items', description).set(value);
  gauge('stuck_items', figures.stuckItems, 'Items under way for more than 24 hours');
  gauge(
    'much_tried_items',
    figures.muchTriedItems,
    'Items that failed in the last 24 hours after five attempts or more',
  );
  gauge('long_batches', figures.longBatches, 'Batches that have run for more than 24 hours');
  const reconciledAt = 'When batches were last reconciled, in seconds since the epoch';
  metricMeter
    .createGauge('lodestone_batch_reconciled_at', 'int', 'seconds', reconciledAt)
    .set(Math.floor(Date.now() / 1000));
  metricMeter.createGauge('lodestone_alerts', 'int', 'alerts', 'Alerts that stand').set(figures.alerts);
  const unsent = 'Notifications of alerts that could not be sent at the last look';
  metricMeter.createGauge('lodestone_alerts_unsent', 'int', 'notifications', unsent).set(figures.unsent);
  metricMeter.createCounter('lodestone_batch_restarts', 'batches', 'Workflows begun anew').add(figures.restarted);
}
