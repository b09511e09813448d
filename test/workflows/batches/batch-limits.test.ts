/**
 * The limits of a batch, by hours that pass at once: its workflow on a server that skips time, with the real partition, the
 * real records and the real reconciliation on a real store. Only the provider is a fake.
 */
import { Context } from '@temporalio/activity';
import { WorkflowFailedError } from '@temporalio/client';
import { describe, expect, it } from 'vitest';
import { runPartition } from '../../../activities/batches/partition/partition.ts';
import { reconcileBatches } from '../../../activities/batches/reconcile/reconcile.ts';
import { createBatchRecords } from '../../../activities/batches/records.ts';
import { stopItems } from '../../../activities/batches/stop-batch-items.ts';
import type { StandingAlert } from '../../../store/platform/alerts.ts';
import type { BatchLimits } from '../../../workflows/contract/batches/limits.ts';
import { llmBatchType, type LlmBatchResult } from '../../../workflows/contract/batches/batch.ts';
import { taskQueue } from '../../../workflows/contract/names.ts';
import {
  reconcileEverySeconds,
  reconcileType,
  type ReconcileFigures,
} from '../../../workflows/contract/batches/reconcile.ts';
import { partitionParts } from '../../support/batches/batch-partition.ts';
import { sealedBatch } from '../../support/batches/batches.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { temporaryStore } from '../../support/temporary-store.ts';
import { useWorkflowEnvironment, type AllBatchActivities } from '../../support/workflows/workflow-environment.ts';

const server = useWorkflowEnvironment('skipping');

const hour = 3_600_000;
const { signal } = new AbortController();

async function batchWorld(id: string, count: number, limits: Partial<BatchLimits>) {
  const store = await temporaryStore();
  await sealedBatch(store, id, count, limits);
  const clock = new FakeClock();
  clock.time = await server.environment.currentTimeMs();
  const startedAt = clock.time;
  const { model, dependencies } = partitionParts(store, clock);
  const reported: { readonly alert: StandingAlert; readonly hours: number }[] = [];
  const hoursNow = (): number => (clock.time - startedAt) / hour;
  const looking = {
    ...dependencies,
    stores: store.stores,
    workflows: { isRunning: async () => true, start: async () => undefined },
    measure: () => undefined,
    furtherAlerts: async () => [],
    notifiers: [
      {
        name: 'mail' as const,
        notify: async (_: string, alert: StandingAlert) => void reported.push({ alert, hours: hoursNow() }),
      },
    ],
    log: { error: () => undefined, warn: () => undefined, info: () => undefined },
  };
  /** Has the partition's clock follow the server's. */
  const follow = async (): Promise<void> => {
    clock.time = Math.max(clock.time, await server.environment.currentTimeMs());
  };
  let partitions = 0;
  const activities: AllBatchActivities = {
    ...createBatchRecords(dependencies),
    async runBatchPartition(input) {
      partitions += 1;
      await follow();
      // As the schedule does every 5 minutes.
      await reconcileBatches(looking, signal);
      return clock.run(runPartition(dependencies, input, Context.current().cancellationSignal));
    },
    async stopBatchItems({ batchId, stop }) {
      await follow();
      return stopItems(dependencies, batchId, stop, signal);
    },
    runBatchEconomy: () => Promise.reject(new Error('it is no economy batch')),
  };
  const input = { batchId: id, limits: (await store.batches.definition(id)).limits, startPaused: false };
  const run = (): Promise<LlmBatchResult> =>
    server.withWorkers(id, activities, () =>
      server.environment.client.workflow.execute<(input: unknown) => Promise<LlmBatchResult>>(llmBatchType, {
        workflowId: id,
        taskQueue: taskQueue(id, 'jobs'),
        args: [input],
      }),
    );
  return { store, model, reported, run, hoursNow, partitions: () => partitions };
}

describe('the limits of a batch, hours at once', () => {
  it('P05 P07 P10 P27: an item is ended 2 h after its submission, over all the turns of its partition', async () => {
    const { run, store, model, hoursNow, partitions } = await batchWorld('two-hours', 2, { parallel: 2 });
    model.onCreate = (text) => (text === 'Say word 0' ? 30 * hour : 1000);
    const result = await run();
    expect(result).toMatchObject({ outcome: 'completed_with_errors', counts: { succeeded: 1, timed_out: 1 } });
    const [item] = await store.batchItems.page('two-hours', { after: null, limit: 1 });
    const error = { type: 'time_limit', message: 'exceeded 2 hour timeout' };
    expect(item).toMatchObject({ status: 'timed_out', attempts: 1, error });
    expect(model.cancelled).toEqual(['resp_1']);
    expect(hoursNow()).toBeGreaterThanOrEqual(2);
    expect(hoursNow()).toBeLessThan(2.1);
    // No turn is longer than 10 minutes.
    expect(partitions()).toBeGreaterThanOrEqual(12);
  });

  it('P06 P17 P22: at one call an hour people are notified after 24 h, and what is left is ended after 48 h', async () => {
    const { run, store, reported, hoursNow } = await batchWorld('two-days', 60, { callsPerHour: 1 });
    const result = await run();
    expect(result.outcome).toBe('failed');
    const { succeeded, failed } = result.counts;
    expect(succeeded + failed).toBe(60);
    expect(succeeded).toBeGreaterThanOrEqual(46);
    expect(succeeded).toBeLessThanOrEqual(49);
    expect(hoursNow()).toBeGreaterThanOrEqual(48);
    expect(hoursNow()).toBeLessThan(48.2);
    const items = await store.batchItems.page('two-days', { after: null, limit: 100 });
    const left = items.filter(({ status }) => status !== 'succeeded');
    expect(left).toHaveLength(failed);
    const error = { type: 'job_time_limit', message: 'the batch did not end within 48 hours' };
    for (const item of left) expect(item).toMatchObject({ status: 'failed', attempts: 0, error });
    const events = await store.events.after('two-days', 0, 100);
    expect(events.map(({ type }) => type)).toContain('alert.batch_over_24_hours');
    expect(reported[0]?.alert).toMatchObject({ type: 'batch_over_24_hours', batchId: 'two-days' });
    expect(reported[0]?.hours).toBeGreaterThanOrEqual(24);
    expect(reported[0]?.hours).toBeLessThan(25.1);
  });
});

it('P01: a reconciliation that fails is tried three times, and ends before the next begins', async () => {
  let tries = 0;
  const activities = {
    sweepContents: async () => 0,
    reconcileBatches: async () => {
      tries += 1;
      throw new Error('the store is away');
    },
    recordLateAnswers: async () => 0,
  };
  const { client } = server.environment;
  await server.withWorkers('look', activities, async () => {
    const handle = await client.workflow.start(reconcileType, {
      workflowId: 'look',
      taskQueue: taskQueue('look', 'jobs'),
    });
    await expect(handle.result()).rejects.toThrow(WorkflowFailedError);
    const { startTime, closeTime = startTime } = await handle.describe();
    expect(closeTime.getTime() - startTime.getTime()).toBeLessThan(reconcileEverySeconds * 1000);
  });
  expect(tries).toBe(3);
});

it('P01: people are notified of alerts, and the next look comes in time, where nobody can look for late answers', async () => {
  const look: ReconcileFigures = {
    restarted: 0,
    stuckItems: 0,
    muchTriedItems: 0,
    longBatches: 0,
    alerts: 0,
    unsent: 0,
  };
  const activities = {
    reconcileBatches: async () => look,
    sweepContents: async () => 0,
    recordLateAnswers: async () => {
      throw new Error('the provider is away');
    },
  };
  const { client } = server.environment;
  await server.withWorkers('late', activities, async () => {
    const handle = await client.workflow.start(reconcileType, {
      workflowId: 'late',
      taskQueue: taskQueue('late', 'jobs'),
    });
    expect(await handle.result()).toEqual({ ...look, recovered: null, removedContents: 0 });
    const { startTime, closeTime = startTime } = await handle.describe();
    expect(closeTime.getTime() - startTime.getTime()).toBeLessThan(reconcileEverySeconds * 1000);
  });
});
