/** The rate of bare activities on the same server: the upper limit for a batch with one activity an item. */
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import type { BatchWorld } from './world.ts';

const taskQueue = 'bare-activities';

/** Activities a second. */
export async function bareActivityRate(world: BatchWorld, count: number, parallel: number): Promise<number> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const connection = await NativeConnection.connect({ address: world.temporalAddress });
  try {
    const worker = await Worker.create({
      connection,
      taskQueue,
      workflowBundle: await bundleWorkflowCode({
        workflowsPath: fileURLToPath(new URL('./bare-workflow.ts', import.meta.url)),
        logger: new DefaultLogger('ERROR'),
      }),
      activities: { nothing: async () => undefined },
    });
    const run = async (workflowId: string, activities: number): Promise<number> => {
      const began = performance.now();
      await world.client.workflow.execute('bareActivities', { workflowId, taskQueue, args: [activities, parallel] });
      return (performance.now() - began) / 1000;
    };
    return await worker.runUntil(async () => {
      await run('bare-warm', 100);
      return count / (await run('bare', count));
    });
  } finally {
    await connection.close();
  }
}
