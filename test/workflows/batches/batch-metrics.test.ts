/** What a batch's workflow measures, as Prometheus reads it. */
import { expect, it } from 'vitest';
import { freePorts } from '../../../demo/run/free-ports.ts';
import { llmBatchType } from '../../../workflows/contract/batches/batch.ts';
import { defaultBatchLimits } from '../../../workflows/contract/batches/limits.ts';
import { taskQueue } from '../../../workflows/contract/names.ts';
import { fakeBatchActivities } from '../../support/batches/fake-batch-activities.ts';
import { useWorkflowEnvironment } from '../../support/workflows/workflow-environment.ts';

const [port = 0] = await freePorts(1);
const metricsAddress = `127.0.0.1:${port}`;
const server = useWorkflowEnvironment('skipping', metricsAddress);

/** Sum of a counter over all its labels; 0 for one that was never counted. */
async function counter(name: string): Promise<number> {
  const response = await fetch(`http://${metricsAddress}/metrics`);
  const lines = (await response.text()).split('\n').filter((line) => line.startsWith(`${name}{`));
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}

it('P19: the continuations of batches are a metric', async () => {
  const name = 'lodestone_batch_continuations';
  expect(await counter(name)).toBe(0);
  for (const [prefix, itemCount, total] of [
    ['one-page', 1000, 0],
    ['four-pages', 3500, 3],
    ['two-pages', 1001, 4],
  ] as const) {
    const { activities } = fakeBatchActivities({ itemCount });
    await server.withWorkers(prefix, activities, () =>
      server.environment.client.workflow.execute(llmBatchType, {
        workflowId: prefix,
        taskQueue: taskQueue(prefix, 'jobs'),
        args: [{ batchId: prefix, limits: defaultBatchLimits, startPaused: false }],
      }),
    );
    await expect.poll(() => counter(name), { timeout: 10_000 }).toBe(total);
  }
});
