/** A time-skipping Temporal server with a worker on our workflows and given activities, for one test file. */
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, inject } from 'vitest';
import { sharedProcessRemedy } from '../shared-process/remedy.ts';
import { toolPath } from '../../../workers/local/tools.ts';
import { workflowBundle } from '../../../workers/workflow-bundle/bundle.ts';
import { usualQueueKinds, searchAttributes, taskQueue, type QueueKind } from '../../../workflows/contract/names.ts';
import type { BatchEconomyActivities } from '../../../workflows/contract/batches/economy.ts';
import type { BatchPartitionActivities, BatchRecordActivities } from '../../../workflows/contract/batches/batch.ts';
import type {
  ContentSweepActivities,
  LateAnswerActivities,
  ReconcileActivities,
} from '../../../workflows/contract/batches/reconcile.ts';
import type {
  BrowserActivities,
  JobActivities,
  LlmActivities,
  SandboxActivities,
} from '../../../workflows/contract/jobs/job.ts';
import type {
  ExperimentGpuActivities,
  ExperimentModelActivities,
  ExperimentRecordActivities,
  ExperimentSandboxActivities,
} from '../../../workflows/contract/experiments/experiment.ts';
import type { LimitsTuningActivities } from '../../../workflows/contract/limits/tuning.ts';
import type { ToolActivities, ToolRecordActivities } from '../../../workflows/contract/tools/tool-request.ts';

export type AllActivities = JobActivities & LlmActivities & BrowserActivities & SandboxActivities;

export type AllBatchActivities = BatchRecordActivities & BatchPartitionActivities & BatchEconomyActivities;

export type AllExperimentActivities = ExperimentSandboxActivities &
  ExperimentModelActivities &
  ExperimentRecordActivities &
  ExperimentGpuActivities;

export interface WorkflowEnvironment {
  readonly environment: TestWorkflowEnvironment;
  /** Runs `work` while a worker serves the queues of a prefix (the usual ones, unless said) with these activities. */
  withWorkers<T>(
    prefix: string,
    activities:
      | AllActivities
      | AllBatchActivities
      | (ToolActivities & ToolRecordActivities)
      | AllExperimentActivities
      | (ReconcileActivities & LateAnswerActivities & ContentSweepActivities)
      | LimitsTuningActivities,
    work: () => Promise<T>,
    queues?: readonly QueueKind[],
  ): Promise<T>;
  /** Lets time pass at once, also while work waits for a worker. Only where time is skipped. */
  skip(milliseconds: number): Promise<void>;
}

/** Starts a server before the tests of a file, or of a `describe`, and stops it after them. */
export function useWorkflowEnvironment(kind: 'skipping' | 'local', metricsAddress?: string): WorkflowEnvironment {
  let server: Awaited<ReturnType<typeof startWorkflowEnvironment>> | undefined;
  beforeAll(async () => {
    server = await startWorkflowEnvironment(kind, metricsAddress);
  });
  afterAll(() => server?.close());
  const started = (): WorkflowEnvironment => {
    if (server === undefined) throw new Error('the server is started by a hook: use it in a test');
    return server;
  };
  return {
    get environment() {
      return started().environment;
    },
    withWorkers: (prefix, activities, work, queues) => started().withWorkers(prefix, activities, work, queues),
    skip: (milliseconds) => started().skip(milliseconds),
  };
}

let installed = false;

/** Once in a process: the first call says whether metrics can be read, at the path `/metrics` of an address. */
function installRuntime(metricsAddress: string | undefined): void {
  if (inject('sharedProcess') === true) throw new Error(`It starts Temporal's runtime. ${sharedProcessRemedy}`);
  if (installed) return;
  installed = true;
  const metrics = metricsAddress === undefined ? {} : { metrics: { prometheus: { bindAddress: metricsAddress } } };
  // The worker's own log is not needed in a test that passes.
  const telemetryOptions = { logging: { filter: 'OFF' }, ...metrics };
  Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions });
}

/** The Java test server knows no flag for search attributes, but takes them by its API. */
async function registerSearchAttributes({ connection }: TestWorkflowEnvironment): Promise<void> {
  const attributes = Object.values(searchAttributes).map(({ name, type }) => [name, indexedValueTypes[type]] as const);
  await connection.operatorService.addSearchAttributes({
    namespace: 'default',
    searchAttributes: Object.fromEntries(attributes),
  });
}

/** `temporal.api.enums.v1.IndexedValueType`, as numbers. */
const indexedValueTypes = { KEYWORD: 2, DOUBLE: 4, BOOL: 5 } as const;

/** The SDK gives a server 5 s to start, which is too little for one on a busy machine: it is started again. */
async function startServer(kind: 'skipping' | 'local', triesLeft = 2): Promise<TestWorkflowEnvironment> {
  try {
    return kind === 'skipping'
      ? await TestWorkflowEnvironment.createTimeSkipping({
          server: { executable: { type: 'existing-path', path: toolPath('testServer') } },
        })
      : await TestWorkflowEnvironment.createLocal({
          server: {
            executable: { type: 'existing-path', path: toolPath('temporalCli') },
            searchAttributes: Object.values(searchAttributes),
          },
        });
  } catch (error) {
    const isLate = error instanceof Error && error.message.includes('did not start within');
    if (!isLate || triesLeft === 0) throw error;
    return startServer(kind, triesLeft - 1);
  }
}

/**
 * `skipping` is the Java test server, where hours pass at once; `local` the dev server, where heartbeats are kept.
 * The Java server skips no time from the moment an activity is scheduled until it ends: a test in which an activity waits
 * for a workflow's timer hangs there, and needs the dev server.
 */
async function startWorkflowEnvironment(
  kind: 'skipping' | 'local',
  metricsAddress: string | undefined,
): Promise<WorkflowEnvironment & { close(): Promise<void> }> {
  installRuntime(metricsAddress);
  const environment = await startServer(kind);
  if (kind === 'skipping') await registerSearchAttributes(environment);
  const bundle = await workflowBundle();
  return {
    environment,
    async withWorkers(prefix, activities, work, queues = usualQueueKinds) {
      const workers = await Promise.all(
        queues.map((queue) =>
          Worker.create({
            connection: environment.nativeConnection,
            taskQueue: taskQueue(prefix, queue),
            activities,
            ...(queue === 'jobs' ? { workflowBundle: bundle } : {}),
          }),
        ),
      );
      const [first, ...others] = workers;
      if (first === undefined) throw new Error('there are no queues');
      const running = others.map((worker) => worker.run());
      try {
        return await first.runUntil(work());
      } finally {
        for (const worker of others) worker.shutdown();
        await Promise.all(running);
      }
    },
    async skip(milliseconds) {
      const { testService } = environment.connection;
      if (testService === undefined) throw new Error('this server skips no time');
      // A task that waits for a worker holds the clock as well as the environment does.
      await testService.unlockTimeSkipping({});
      await environment.sleep(milliseconds);
      await testService.lockTimeSkipping({});
    },
    close: () => environment.teardown(),
  };
}
