/** The schedule of the tuning of limits: every 30 minutes, and never two at a time. Created when a worker starts. */
import { ScheduleAlreadyRunning, ScheduleOverlapPolicy, type Client } from '@temporalio/client';
import {
  limitsTuningEverySeconds,
  limitsTuningScheduleId,
  limitsTuningType,
} from '../workflows/contract/limits/tuning.ts';
import { taskQueue } from '../workflows/contract/names.ts';

/** Creates the schedule, or finds that it exists. */
export async function ensureLimitsTuningSchedule(client: Client, queuePrefix: string): Promise<void> {
  const scheduleId = limitsTuningScheduleId(queuePrefix);
  try {
    await client.schedule.create({
      scheduleId,
      spec: { intervals: [{ every: limitsTuningEverySeconds * 1000 }] },
      action: {
        type: 'startWorkflow',
        workflowType: limitsTuningType,
        workflowId: scheduleId,
        taskQueue: taskQueue(queuePrefix, 'jobs'),
        workflowExecutionTimeout: '2 hours',
      },
      policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1 minute' },
    });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
  }
}
