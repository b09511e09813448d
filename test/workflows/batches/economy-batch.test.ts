/** The workflow of an economy batch against activities that only pretend, on a server where hours pass at once. */
import type { WorkflowHandle } from '@temporalio/client';
import { describe, expect, it } from 'vitest';
import { llmBatchType, type LlmBatchResult } from '../../../workflows/contract/batches/batch.ts';
import { wakeBatchSignal } from '../../../workflows/contract/batches/messages.ts';
import { defaultBatchLimits } from '../../../workflows/contract/batches/limits.ts';
import { taskQueue } from '../../../workflows/contract/names.ts';
import { fakeBatchActivities } from '../../support/batches/fake-batch-activities.ts';
import { useWorkflowEnvironment } from '../../support/workflows/workflow-environment.ts';

const server = useWorkflowEnvironment('skipping');

let count = 0;

/** Runs a batch, and returns how it ended and how long its last run took by the server's clock. */
async function runBatch(
  { activities }: ReturnType<typeof fakeBatchActivities>,
  begun: (batch: WorkflowHandle) => void = () => undefined,
): Promise<LlmBatchResult & { readonly hours: number }> {
  count += 1;
  const prefix = `economy${count}`;
  const batchId = `batch_${prefix}`;
  return server.withWorkers(prefix, activities, async () => {
    const handle = await server.environment.client.workflow.start(llmBatchType, {
      workflowId: batchId,
      taskQueue: taskQueue(prefix, 'jobs'),
      args: [{ batchId, limits: defaultBatchLimits, startPaused: false }],
    });
    begun(handle);
    const result: LlmBatchResult = await handle.result();
    const { startTime, closeTime = startTime } = await handle.describe();
    return { ...result, hours: (closeTime.getTime() - startTime.getTime()) / 3_600_000 };
  });
}

describe('a batch in economy mode', () => {
  it("P28: waits through the provider's 24 hours by timers, with no activity under way, page after page", async () => {
    let looks = 0;
    const wait = { outcome: 'waiting', seconds: 900, message: "the provider's batches" } as const;
    const batch = { itemCount: 2500, mode: 'economy' } as const;
    const fake = fakeBatchActivities(batch, {
      runBatchEconomy: async ({ last }) => (last && (looks += 1) <= 96 ? wait : { outcome: 'drained' }),
    });
    const result = await runBatch(fake);
    expect(result).toMatchObject({ outcome: 'completed', continuations: 2 });
    expect(result.hours).toBeGreaterThanOrEqual(24);
    expect(result.hours).toBeLessThan(24.5);
    expect(fake.recorded.partitions).toEqual([]);
    const pages = fake.recorded.looks.map(({ until, last }) => `${until} ${last}`);
    expect([...new Set(pages)]).toEqual(['1000 false', '2000 false', '2500 true']);
  });

  it('P28: is stopped by its limit while it waits, and is cancelled at the provider', async () => {
    const wait = { outcome: 'waiting', seconds: 900, message: "the provider's batches" } as const;
    const fake = fakeBatchActivities(
      { itemCount: 5, mode: 'economy', limits: { jobSeconds: 20 * 3600 } },
      { runBatchEconomy: async () => wait },
    );
    const result = await runBatch(fake);
    expect(result).toMatchObject({ outcome: 'failed' });
    expect(result.hours).toBeGreaterThanOrEqual(20);
    expect(result.hours).toBeLessThan(20.5);
    expect(fake.recorded.stops).toEqual([expect.objectContaining({ stop: 'job_time_limit' })]);
  });

  it('P28: looks again at once when it is woken during a look, and does not wait for the timer', async () => {
    const started = Promise.withResolvers<WorkflowHandle>();
    const fake = fakeBatchActivities(
      { itemCount: 5, mode: 'economy' },
      {
        runBatchEconomy: async () => {
          if (fake.recorded.looks.length > 1) return { outcome: 'drained' };
          await (await started.promise).signal(wakeBatchSignal);
          return { outcome: 'waiting', seconds: 3600, message: "the provider's batches" };
        },
      },
    );
    const result = await runBatch(fake, (batch) => started.resolve(batch));
    expect(result).toMatchObject({ outcome: 'completed' });
    expect(result.hours).toBeLessThan(1);
  });
});
