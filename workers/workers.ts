/** One Temporal worker a queue, in one process: each queue stands for a resource, so each has limits of its own. */
import { Worker, type NativeConnection, type WorkerOptions } from '@temporalio/worker';
import { taskQueue, type QueueKind } from '../workflows/contract/names.ts';
import type { WorkerSettings } from './config.ts';
import type { WorkerDependencies } from './dependencies.ts';
import { workflowBundle } from './workflow-bundle/bundle.ts';

export interface WorkersRequest {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly queues: readonly QueueKind[];
  readonly settings: WorkerSettings;
  readonly dependencies: WorkerDependencies;
}

/** How long running work may continue after a stop request; unfinished work is handed over by its checkpoint. */
const shutdownGraceTime = '10s';

/**
 * A worker holds heartbeats back for 80 % of their time limit: with the 5 s of an AI step or a tool, one late heartbeat would end
 * a living attempt. It also keeps the checkpoint of a killed browser step fresh; the store's is newer still.
 */
const maxHeartbeatThrottleInterval = '1s';

export async function createWorkers(request: WorkersRequest): Promise<ReadonlyMap<QueueKind, Worker>> {
  const { connection, namespace, settings } = request;
  const workers = await Promise.all(
    request.queues.map(async (kind): Promise<[QueueKind, Worker]> => [
      kind,
      await Worker.create({
        connection,
        namespace,
        taskQueue: taskQueue(settings.LODESTONE_QUEUE_PREFIX, kind),
        shutdownGraceTime,
        maxHeartbeatThrottleInterval,
        ...(await optionsOf(kind, request)),
      }),
    ]),
  );
  return new Map(workers);
}

async function optionsOf(kind: QueueKind, request: WorkersRequest): Promise<Partial<WorkerOptions>> {
  const { dependencies, settings } = request;
  switch (kind) {
    case 'jobs':
      return {
        // AI steps too: on the job's own queue they start without a round trip through the server.
        activities: { ...dependencies.jobs, ...dependencies.llm },
        workflowBundle: await workflowBundle(),
        maxConcurrentActivityTaskExecutions: 100,
      };
    case 'llm':
      return { activities: { ...dependencies.llm }, maxConcurrentActivityTaskExecutions: 50 };
    case 'browser':
      return {
        activities: { ...dependencies.browser },
        maxConcurrentActivityTaskExecutions: settings.LODESTONE_BROWSERS,
      };
    case 'sandbox':
    case 'sandbox-gpu':
      return {
        activities: { ...dependencies.sandbox },
        maxConcurrentActivityTaskExecutions: settings.LODESTONE_SANDBOXES,
      };
  }
}
