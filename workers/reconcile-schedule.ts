/** The schedule of the look after batches: every 5 minutes, and never two at a time. Made when a worker starts. */
import { ScheduleAlreadyRunning, ScheduleOverlapPolicy, type Client } from '@temporalio/client';
import { taskQueue } from '../workflows/contract/names.ts';
import { reconcileEverySeconds, reconcileScheduleId, reconcileType } from '../workflows/contract/batches/reconcile.ts';

/** Makes the schedule, or finds that it is there. */
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
      // What was missed while the server was away is made up for by the next look.
      policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1 minute' },
    });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
  }
}
