/** On the dev server: the Java test server knows no schedules. */
import { ScheduleOverlapPolicy } from '@temporalio/client';
import { expect, it } from 'vitest';
import { ensureReconcileSchedule } from '../../workers/reconcile-schedule.ts';
import { reconcileScheduleId, type ReconcileFigures } from '../../workflows/contract/batches/reconcile.ts';
import { useWorkflowEnvironment } from '../support/workflows/workflow-environment.ts';

const server = useWorkflowEnvironment('local');

it('P01: the reconciliation of batches is scheduled every 5 minutes, once, and never two at a time', async () => {
  const { client } = server.environment;
  await ensureReconcileSchedule(client, 'look');
  await ensureReconcileSchedule(client, 'look');
  const schedule = client.schedule.getHandle(reconcileScheduleId('look'));
  const { spec, policies } = await schedule.describe();
  expect(spec.intervals).toMatchObject([{ every: 300_000 }]);
  expect(policies.overlap).toBe(ScheduleOverlapPolicy.SKIP);

  let looks = 0;
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const nothing: ReconcileFigures = {
    restarted: 0,
    stuckItems: 0,
    muchTriedItems: 0,
    longBatches: 0,
    alerts: 0,
    unsent: 0,
  };
  const activities = {
    recordLateAnswers: async () => 0,
    sweepContents: async () => 0,
    reconcileBatches: async () => {
      looks += 1;
      await held;
      return nothing;
    },
  };
  await server.withWorkers('look', activities, async () => {
    await schedule.trigger(ScheduleOverlapPolicy.SKIP);
    await expect.poll(() => looks, { timeout: 30_000 }).toBe(1);
    await schedule.trigger(ScheduleOverlapPolicy.SKIP);
    await expect
      .poll(async () => (await schedule.describe()).info.numActionsSkippedOverlap, { timeout: 30_000 })
      .toBe(1);
    release();
    const [action] = (await schedule.describe()).info.recentActions;
    const workflowId = action?.action.workflow.workflowId ?? '';
    expect(await client.workflow.getHandle(workflowId).result()).toEqual({
      ...nothing,
      recovered: 0,
      removedContents: 0,
    });
    expect(looks).toBe(1);
    // After it has ended, the next one starts.
    await schedule.trigger(ScheduleOverlapPolicy.SKIP);
    await expect.poll(() => looks, { timeout: 30_000 }).toBe(2);
  });
  expect((await schedule.describe()).info.numActionsSkippedOverlap).toBe(1);
});
