/**
 * The schedule of the reconciliation of batches: every 5 minutes, and never two at a time. Created when a worker
 * starts.
 */
import { ScheduleAlreadyRunning, ScheduleOverlapPolicy, type Client } from '@temporalio/client';
import { taskQueue } from '../workflows/contract/names.ts';
import { reconcileEverySeconds, reconcileScheduleId, reconcileType } from '../workflows/contract/batches/reconcile.ts';

/** Creates the schedule, or finds that it exists. */
export async function ensureReconcileSchedule(client: Client, queuePrefix: string): Promise<void> {
  const scheduleId = reconcileScheduleId(queuePrefix);
  try {
    await client.schedule.create({
      scheduleId,
      spec: { intervals: [{ every: reconcileEverySeconds * 1000 }] },
      action: {
        type: 'startWorkflow',
        workflowType: reconcileType,
        workflowId: scheduleId,
        taskQueue: taskQueue(queuePrefix, 'jobs'),
        workflowExecutionTimeout: '30 minutes',
      },
      // The next run makes up for those that were missed while the server was away.
      policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1 minute' },
    });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
  }
}
