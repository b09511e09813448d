/** The workflow of a batch against activities that only pretend, on a server where hours pass at once. */
import { WorkflowFailedError, WorkflowUpdateFailedError } from '@temporalio/client';
import { describe, expect, it } from 'vitest';
import {
  cancelBatchUpdate,
  appendToBatchUpdate,
  batchStatusQuery,
  changeBatchLimitsUpdate,
  pauseBatchUpdate,
  resumeBatchUpdate,
  wakeBatchSignal,
} from '../../../workflows/contract/batches/messages.ts';
import { llmBatchType, type LlmBatchResult, type OpenBatchInput } from '../../../workflows/contract/batches/batch.ts';
import { defaultBatchLimits } from '../../../workflows/contract/batches/limits.ts';
import { defaultLimits } from '../../../workflows/contract/limits/limits.ts';
import { taskQueue } from '../../../workflows/contract/names.ts';
import { fakeBatchActivities, partitionUntilHalted } from '../../support/batches/fake-batch-activities.ts';
import { useWorkflowEnvironment, type AllBatchActivities } from '../../support/workflows/workflow-environment.ts';

const server = useWorkflowEnvironment('skipping');

let count = 0;
/** For things that come when they come. */
const patience = { timeout: 30_000 };

async function start(prefix: string, startPaused = false) {
  return server.environment.client.workflow.start(llmBatchType, {
    workflowId: `batch_${prefix}`,
    taskQueue: taskQueue(prefix, 'jobs'),
    args: [{ batchId: `batch_${prefix}`, limits: defaultBatchLimits, startPaused }],
  });
}

type Handle = Awaited<ReturnType<typeof start>>;

/** Runs a batch, does something to it, and returns how it ended and how long that took by the server's clock. */
async function runBatch(
  activities: AllBatchActivities,
  act: (handle: Handle) => Promise<unknown> = async () => undefined,
  startPaused = false,
): Promise<LlmBatchResult & { readonly hours: number }> {
  count += 1;
  const prefix = `batch${count}`;
  return server.withWorkers(prefix, activities, async () => {
    const handle = await start(prefix, startPaused);
    await act(handle);
    const result: LlmBatchResult = await handle.result();
    const { startTime, closeTime = startTime } = await handle.describe();
    return { ...result, hours: (closeTime.getTime() - startTime.getTime()) / 3_600_000 };
  });
}

describe('the pages of a batch', () => {
  it('P02 P09 P23: continue as new, 11 pages in 11 runs, and no continuation more', async () => {
    const { activities, recorded } = fakeBatchActivities({ itemCount: 10_500 });
    const result = await runBatch(activities);
    expect(result).toMatchObject({ outcome: 'completed', continuations: 10 });
    expect(recorded.closes).toEqual([expect.objectContaining({ continuations: 10, stop: null })]);
    const firsts = recorded.partitions.filter(({ partition }) => partition === 0);
    expect(firsts.map(({ until }) => until)).toEqual([
      1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000, 9000, 10_000, 10_500,
    ]);
    expect(firsts.map(({ last }) => last)).toEqual([...Array.from({ length: 10 }, () => false), true]);
  });

  it('P08: divide a window of 50 among partitions, and P11: end at once when nothing is pending', async () => {
    const { activities, recorded } = fakeBatchActivities({ itemCount: 0 });
    const result = await runBatch(activities);
    expect(recorded.partitions.map(({ partition, partitions }) => `${partition} of ${partitions}`).sort()).toEqual([
      '0 of 2',
      '1 of 2',
    ]);
    expect(result.hours).toBeLessThan(0.1);
  });

  it('P10: go on at once with a partition that handed over what was left, and P07: no attempt is longer than 10 minutes', async () => {
    let turns = 0;
    const { activities, recorded } = fakeBatchActivities(
      { itemCount: 5, limits: { parallel: 1 } },
      { runBatchPartition: async () => ((turns += 1) < 4 ? { outcome: 'yielded' } : { outcome: 'drained' }) },
    );
    const result = await runBatch(activities);
    expect(recorded.partitions).toHaveLength(4);
    expect(result.hours).toBeLessThan(0.1);
    expect(defaultLimits.batch_partition.attemptSeconds).toBeLessThanOrEqual(600);
  });

  it('wait as long as a partition says, or until they are woken', async () => {
    let turns = 0;
    const wait = { outcome: 'waiting', seconds: 3600, message: 'the hour is full' } as const;
    const replaced = { runBatchPartition: async () => ((turns += 1) < 3 ? wait : ({ outcome: 'drained' } as const)) };
    const waited = await runBatch(fakeBatchActivities({ itemCount: 5, limits: { parallel: 1 } }, replaced).activities);
    expect(waited.hours).toBeGreaterThanOrEqual(2);
    expect(waited.hours).toBeLessThan(2.2);
    turns = 0;
    const { activities } = fakeBatchActivities({ itemCount: 5, limits: { parallel: 1 } }, replaced);
    const woken = await runBatch(activities, async (handle) => {
      for (let turn = 0; turn < 2; turn += 1) {
        await expect
          .poll(async () => (await handle.query(batchStatusQuery)).waiting, patience)
          .toBe('the hour is full');
        await handle.signal(wakeBatchSignal);
      }
    });
    expect(woken.hours).toBeLessThan(1);
  });
});

describe('the limit of a batch', () => {
  it('P06: ends it after 48 h with all that is pending', async () => {
    const fake = fakeBatchActivities({ itemCount: 5 }, { runBatchPartition: async () => wait(3600) });
    const result = await runBatch(fake.activities);
    expect(result.outcome).toBe('failed');
    expect(result.hours).toBeGreaterThanOrEqual(48);
    expect(result.hours).toBeLessThan(48.2);
    expect(fake.recorded.stops).toMatchObject([{ stop: 'job_time_limit' }]);
    expect(fake.recorded.changes.map(({ state }) => state)).toEqual(['stopping']);
  });

  it('P24: is moved from 48 h to 96 h while it runs', async () => {
    const fake = fakeBatchActivities({ itemCount: 5 }, { runBatchPartition: async () => wait(3600) });
    const result = await runBatch(fake.activities, async (handle) => {
      const status = await handle.executeUpdate(changeBatchLimitsUpdate, { args: [{ jobSeconds: 96 * 3600 }] });
      expect(status.limits.jobSeconds).toBe(96 * 3600);
    });
    expect(result.hours).toBeGreaterThanOrEqual(96);
    expect(result.hours).toBeLessThan(96.2);
  });

  it('P06: counts from the first start, also when its workflow was begun anew', async () => {
    const startedAt = new Date((await server.environment.currentTimeMs()) - 47 * 3_600_000).toISOString();
    const fake = fakeBatchActivities({ itemCount: 5, startedAt }, { runBatchPartition: async () => wait(600) });
    expect((await runBatch(fake.activities)).hours).toBeLessThan(1.2);
  });

  it('P06: holds while it is paused', async () => {
    const fake = fakeBatchActivities({ itemCount: 5 });
    const result = await runBatch(fake.activities, undefined, true);
    expect(result.outcome).toBe('failed');
    expect(result.hours).toBeGreaterThanOrEqual(48);
    expect(fake.recorded.partitions).toEqual([]);
  });
});

function wait(seconds: number) {
  return { outcome: 'waiting', seconds, message: 'the provider is down' } as const;
}

/** A batch whose partitions work until they are halted, then find nothing left. */
function haltingBatch(itemCount = 5) {
  let halted = false;
  const fake = fakeBatchActivities(
    { itemCount, limits: { parallel: 1 } },
    {
      runBatchPartition: async () => {
        if (halted) return { outcome: 'drained' };
        const result = await partitionUntilHalted(fake.recorded);
        halted = true;
        return result;
      },
    },
  );
  return fake;
}

describe('a person', () => {
  it('P28: pauses a batch and resumes it, and is refused what does not fit', async () => {
    const fake = haltingBatch();
    const result = await runBatch(fake.activities, async (handle) => {
      await expect.poll(() => fake.recorded.partitions.length, patience).toBe(1);
      const paused = await handle.executeUpdate(pauseBatchUpdate, { args: [{ message: 'lunch' }] });
      expect(paused).toMatchObject({ state: 'paused', pause: { by: 'person', message: 'lunch' } });
      await expect(handle.executeUpdate(pauseBatchUpdate, { args: [{ message: 'again' }] })).rejects.toThrow(
        WorkflowUpdateFailedError,
      );
      expect(await handle.executeUpdate(resumeBatchUpdate)).toMatchObject({ state: 'running', pause: null });
      await expect(handle.executeUpdate(resumeBatchUpdate)).rejects.toThrow(WorkflowUpdateFailedError);
    });
    expect(result.outcome).toBe('completed');
    expect(fake.recorded.changes.map(({ state }) => state)).toEqual(['paused', 'running']);
  });

  it('P28: who pauses a batch that is only just being opened has it paused', async () => {
    let open: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      open = resolve;
    });
    const { activities } = fakeBatchActivities({ itemCount: 5 });
    const slow = {
      ...activities,
      openBatch: async (input: OpenBatchInput) => {
        await held;
        return activities.openBatch(input);
      },
    };
    const result = await runBatch(slow, async (handle) => {
      const paused = handle.executeUpdate(pauseBatchUpdate, { args: [{ message: 'wait' }] });
      await expect.poll(async () => (await handle.query(batchStatusQuery)).state, patience).toBe('running');
      open();
      expect(await paused).toMatchObject({ state: 'paused', pause: { message: 'wait' } });
      await handle.executeUpdate(resumeBatchUpdate);
    });
    expect(result.outcome).toBe('completed');
  });

  it('P28: cancels a batch, whose items under way are ended at the provider', async () => {
    const fake = haltingBatch();
    const result = await runBatch(fake.activities, async (handle) => {
      await expect.poll(() => fake.recorded.partitions.length, patience).toBe(1);
      await handle.executeUpdate(cancelBatchUpdate);
    });
    expect(result.outcome).toBe('cancelled');
    expect(fake.recorded.stops).toMatchObject([{ stop: 'cancelled' }]);
  });

  it('P28: who cancels in the Web UI gets the same', async () => {
    const fake = haltingBatch();
    const result = await runBatch(fake.activities, async (handle) => {
      await expect.poll(() => fake.recorded.partitions.length, patience).toBe(1);
      await handle.cancel();
    });
    expect(result.outcome).toBe('cancelled');
    expect(fake.recorded.closes).toMatchObject([{ stop: 'cancelled' }]);
  });

  it('P28: appends items to a batch that is queued or runs', async () => {
    const fake = fakeBatchActivities({ itemCount: 5 });
    const result = await runBatch(
      fake.activities,
      async (handle) => {
        await handle.executeUpdate(appendToBatchUpdate, { args: [{ itemCount: 1500 }] });
        await expect(handle.executeUpdate(appendToBatchUpdate, { args: [{ itemCount: 7 }] })).rejects.toThrow(
          WorkflowUpdateFailedError,
        );
        await handle.executeUpdate(resumeBatchUpdate);
      },
      true,
    );
    expect(result.continuations).toBe(1);
    expect(fake.recorded.partitions.map(({ until }) => until)).toEqual([1000, 1000, 1500, 1500]);
  });

  it('P24: changes the window while it runs, and is refused limits that contradict each other', async () => {
    const fake = haltingBatch();
    await runBatch(fake.activities, async (handle) => {
      await expect.poll(() => fake.recorded.partitions.length, patience).toBe(1);
      const contradiction = handle.executeUpdate(changeBatchLimitsUpdate, { args: [{ itemSeconds: 1 }] });
      await expect(contradiction).rejects.toThrow(WorkflowUpdateFailedError);
      await handle.executeUpdate(changeBatchLimitsUpdate, { args: [{ parallel: 60 }] });
      await handle.executeUpdate(pauseBatchUpdate, { args: [{ message: 'so that it starts anew' }] });
      await handle.executeUpdate(resumeBatchUpdate);
    });
    expect(fake.recorded.partitions.map(({ partitions }) => partitions)).toEqual([1, 3, 3, 3]);
    expect(fake.recorded.changes[0]).toMatchObject({ limits: { parallel: 60 } });
  });

  it('P18: who raises the cap of a batch that was paused by it lets it go on', async () => {
    let capped = true;
    const fake = fakeBatchActivities(
      { itemCount: 5, limits: { parallel: 1 } },
      {
        runBatchPartition: async () =>
          capped ? { outcome: 'pause', by: 'budget', message: 'the cap is reached' } : { outcome: 'drained' },
      },
    );
    const result = await runBatch(fake.activities, async (handle) => {
      await expect.poll(async () => (await handle.query(batchStatusQuery)).state, patience).toBe('paused');
      await handle.executeUpdate(changeBatchLimitsUpdate, { args: [{ retries: 1 }] });
      expect((await handle.query(batchStatusQuery)).pause).toMatchObject({ by: 'budget' });
      capped = false;
      await handle.executeUpdate(changeBatchLimitsUpdate, { args: [{ capUsd: 100 }] });
    });
    expect(result.outcome).toBe('completed');
    expect(fake.recorded.partitions).toHaveLength(2);
  });
});

describe('a bug in a partition', () => {
  it('fails no batch silently: what is not a cancellation is thrown', async () => {
    const { ApplicationFailure } = await import('@temporalio/common');
    const { activities } = fakeBatchActivities(
      { itemCount: 1 },
      { runBatchPartition: async () => Promise.reject(ApplicationFailure.nonRetryable('a bug')) },
    );
    await expect(runBatch(activities)).rejects.toThrow(WorkflowFailedError);
  });
});
