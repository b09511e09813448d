/** One Temporal worker a queue, in one process: each queue stands for a resource, so each has limits of its own. */
import { Runtime, Worker, type NativeConnection, type WorkerOptions } from '@temporalio/worker';
import type { Traces } from '../traces/traces.ts';
import { taskQueue, type QueueKind } from '../workflows/contract/names.ts';
import type { WorkerSettings } from './config.ts';
import type { WorkerDependencies } from './dependencies.ts';
import { createAttemptMetrics, measureAttempts } from './metrics/attempts.ts';
import { workflowBundle } from './workflow-bundle/bundle.ts';

export interface WorkersRequest {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly queues: readonly QueueKind[];
  readonly settings: WorkerSettings;
  readonly dependencies: WorkerDependencies;
  readonly traces?: Traces | null;
}

/** How long running work may continue after a stop request; unfinished work is handed over by its checkpoint. */
const shutdownGraceTime = '10s';

/**
 * A worker holds heartbeats back for 80 % of their time limit: with the 5 s of an AI step or a tool, one late heartbeat would end
 * a living attempt. It also keeps the checkpoint of a killed browser step fresh; the store's is newer still.
 */
const maxHeartbeatThrottleInterval = '1s';

export interface QueueWorker {
  readonly queue: QueueKind;
  /** The most activities at once. */
  readonly slots: number;
  readonly worker: Worker;
}

export async function createWorkers(request: WorkersRequest): Promise<readonly QueueWorker[]> {
  const { connection, namespace, settings } = request;
  return Promise.all(
    request.queues.map(async (queue): Promise<QueueWorker> => {
      const slots = slotsOf(queue, settings);
      const served = await servedBy(queue, request);
      const attempts = createAttemptMetrics(Runtime.instance().metricMeter, Object.keys(served.activities ?? {}));
      const worker = await Worker.create({
        connection,
        namespace,
        taskQueue: taskQueue(settings.LODESTONE_QUEUE_PREFIX, queue),
        shutdownGraceTime,
        maxHeartbeatThrottleInterval,
        maxConcurrentActivityTaskExecutions: slots,
        plugins: request.traces ? [request.traces.plugin] : [],
        interceptors: { activity: [measureAttempts(attempts)] },
        ...served,
      });
      return { queue, slots, worker };
    }),
  );
}

function slotsOf(queue: QueueKind, settings: WorkerSettings): number {
  switch (queue) {
    case 'jobs':
      return 100;
    case 'llm':
      return 50;
    case 'browser':
      return settings.LODESTONE_BROWSERS;
    case 'sandbox':
    case 'sandbox-gpu':
      return settings.LODESTONE_SANDBOXES;
  }
}

async function servedBy(queue: QueueKind, { dependencies, traces }: WorkersRequest): Promise<Partial<WorkerOptions>> {
  switch (queue) {
    case 'jobs':
      // AI steps too: on the job's own queue they start without a round trip through the server.
      return {
        activities: { ...dependencies.jobs, ...dependencies.llm },
        workflowBundle: await workflowBundle(traces ? 'traced' : 'plain'),
      };
    case 'llm':
      return { activities: { ...dependencies.llm } };
    case 'browser':
      return { activities: { ...dependencies.browser } };
    case 'sandbox':
    case 'sandbox-gpu':
      return { activities: { ...dependencies.sandbox } };
  }
}
