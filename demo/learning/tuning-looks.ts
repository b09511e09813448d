/**
 * Looks of the tuning, each a run of the product's own workflow: by the product's own worker, or by a worker in this process whose
 * clock is set ahead. The schedule is paused, so that no other look comes between.
 */
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { createLimitsTuning } from '../../activities/limits/limits-tuning.ts';
import { recommendFromRuns } from '../../activities/limits/recommend.ts';
import type { AcrossTenants } from '../../store/across-tenants.ts';
import { workflowBundle } from '../../workers/workflow-bundle/bundle.ts';
import { limitsTuningScheduleId, limitsTuningType, type TuningResult } from '../../workflows/contract/limits/tuning.ts';
import type { limitsTuning } from '../../workflows/limits-tuning/limits-tuning.ts';
import { taskQueue } from '../../workflows/contract/names.ts';

export const demoQueuePrefix = 'lodestone';
const aheadPrefix = 'ahead';
const coolDownSeconds = 24 * 3600;

export interface TuningLooks {
  /** By the product's own worker, now. */
  now(): Promise<TuningResult>;
  /** By a worker for which it is that time. */
  at(time: Date): Promise<TuningResult>;
  close(): Promise<void>;
}

export async function startLooks(temporalAddress: string, acrossTenants: AcrossTenants): Promise<TuningLooks> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  let clock = new Date();
  const connection = await Connection.connect({ address: temporalAddress });
  const client = new Client({ connection });
  await client.schedule.getHandle(limitsTuningScheduleId(demoQueuePrefix)).pause('the demo looks itself');
  const native = await NativeConnection.connect({ address: temporalAddress });
  const worker = await Worker.create({
    connection: native,
    taskQueue: taskQueue(aheadPrefix, 'jobs'),
    workflowBundle: await workflowBundle(),
    activities: createLimitsTuning({
      limits: acrossTenants.limits,
      mode: 'act',
      coolDownSeconds,
      recommend: (now) => recommendFromRuns(acrossTenants, now),
      now: () => clock,
    }),
  });
  const running = worker.run();
  running.catch(() => undefined);
  let looks = 0;
  const look = (prefix: string): Promise<TuningResult> => {
    looks += 1;
    return client.workflow.execute<typeof limitsTuning>(limitsTuningType, {
      taskQueue: taskQueue(prefix, 'jobs'),
      workflowId: `demo-look-${looks}`,
      args: [],
    });
  };
  return {
    now: () => look(demoQueuePrefix),
    at: (time) => {
      clock = time;
      return look(aheadPrefix);
    },
    async close() {
      worker.shutdown();
      await running;
      await native.close();
      await connection.close();
    },
  };
}
