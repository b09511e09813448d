import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { WorkflowHandle } from '@temporalio/client';
import { expect, test } from 'vitest';
import { taskQueue, type QueueKind } from '../../../workflows/contract/names.ts';
import {
  experimentType,
  experimentWorkflowId,
  type ContentReference,
  type ExperimentFailure,
  type ExperimentInput,
  type ExperimentResult,
  type PhaseOutput,
  type RoundEnd,
} from '../../../workflows/contract/experiments/experiment.ts';
import { experimentLimits } from '../../../workflows/contract/experiments/limits.ts';
import { useWorkflowEnvironment, type AllExperimentActivities } from '../../support/workflows/workflow-environment.ts';

const server = useWorkflowEnvironment('skipping');
let count = 0;

const content = (name: string): ContentReference => ({ sha256: name, bytes: 1 });
const output = (name: string): PhaseOutput => ({ content: content(name), seconds: 1, peakBytes: 1 });
const metrics = { encodedBytes: 1, bitrateMbps: 1, compressionRatio: 2, psnrDb: 30, isLossless: false, ssim: 0.9 };
const codeError: ExperimentFailure = { phase: 'decode', type: 'error', message: 'no such name', line: 7 };

interface Ran {
  readonly result: ExperimentResult;
  readonly rounds: readonly RoundEnd[];
  readonly failures: readonly (ExperimentFailure | null)[];
}

interface RunOptions {
  readonly meanwhile?: (handle: WorkflowHandle) => Promise<void>;
  readonly queues?: readonly QueueKind[];
}

/** Waits until an activity is scheduled. Only then is its wait for a worker among what a skip of time passes. */
async function scheduled(handle: WorkflowHandle, name: string): Promise<void> {
  const isThere = async (): Promise<boolean> => {
    const { events } = await handle.fetchHistory();
    const names = events?.map((event) => event.activityTaskScheduledEventAttributes?.activityType?.name);
    return names?.includes(name) === true;
  };
  while (!(await isThere()));
}

/** Runs an experiment whose activities succeed unless they are given. */
async function run(
  given: Partial<AllExperimentActivities>,
  changes: Partial<ExperimentInput> = {},
  { meanwhile, queues = ['jobs', 'llm', 'sandbox'] }: RunOptions = {},
): Promise<Ran> {
  count += 1;
  const prefix = `experiments${count}`;
  const rounds: RoundEnd[] = [];
  const failures: (ExperimentFailure | null)[] = [];
  const video = { info: { width: 8, height: 8, frames: 2, framesPerSecond: 2 }, frames: content('frames') };
  const activities: AllExperimentActivities = {
    dispatchExperiment: async () => ({ value: video }),
    givenCode: async () => content('given'),
    writeCode: async ({ round }) => ({ value: { code: content(`code ${round}`), note: null } }),
    encodeRound: async ({ code }) => ({ value: output(`${code.sha256}, encoded`) }),
    decodeRound: async ({ encoded }) => ({ value: output(`${encoded.sha256}, decoded`) }),
    scoreRound: async () => ({ value: { metrics, files: [] } }),
    endRound: async (end) => {
      rounds.push(end);
    },
    endExperiment: async ({ failure }) => {
      failures.push(failure);
      return { state: failure === null ? 'completed' : 'failed' };
    },
    ...given,
  };
  const id = `experiment_${count}`;
  const input: ExperimentInput = {
    experimentId: id,
    tenant: 'default',
    limits: experimentLimits({}),
    rounds: 1,
    writes: 'none',
    gpu: 'none',
    aiQueue: 'llm',
    ...changes,
  };
  const result = await server.withWorkers(
    prefix,
    activities,
    async (): Promise<ExperimentResult> => {
      const handle = await server.environment.client.workflow.start(experimentType, {
        workflowId: experimentWorkflowId('default', id),
        taskQueue: taskQueue(prefix, 'jobs'),
        args: [input],
      });
      await meanwhile?.(handle);
      return handle.result();
    },
    queues,
  );
  return { result, rounds, failures };
}

test('C07: what encode gave is decoded, and what decode gave is scored, in one record of the round', async () => {
  const { result, rounds, failures } = await run({});
  expect(result.state).toBe('completed');
  expect(failures).toEqual([null]);
  expect(rounds).toMatchObject([
    {
      round: 1,
      state: 'completed',
      code: content('given'),
      encoded: { content: content('given, encoded') },
      decoded: { content: content('given, encoded, decoded') },
      score: { metrics },
    },
  ]);
});

test('C08: a round whose code fails after encoding is partial, and the next round is made', async () => {
  const { rounds } = await run(
    {
      decodeRound: async ({ round }) => (round === 1 ? { failure: codeError } : { value: output('decoded') }),
    },
    { rounds: 3, writes: 'after_first' },
  );
  expect(rounds.map(({ state, failure }) => [state, failure])).toEqual([
    ['partial', codeError],
    ['completed', null],
    ['completed', null],
  ]);
  expect(rounds.map(({ code }) => code?.sha256)).toEqual(['given', 'code 2', 'code 3']);
});

test('no round is made after the model says that the goal is reached', async () => {
  const { rounds } = await run(
    { writeCode: async ({ round }) => ({ value: round > 2 ? { enough: 'goal' } : { code: content('c'), note: 'n' } }) },
    { rounds: 50, writes: 'all' },
  );
  expect(rounds).toHaveLength(2);
});

test('C12: an experiment whose sandbox never starts ends with the fault of the installation', async () => {
  const { rounds, failures } = await run({
    encodeRound: async () => {
      throw ApplicationFailure.create({ type: 'sandbox', message: 'the sandbox does not start: no bwrap' });
    },
  });
  expect(rounds).toMatchObject([{ state: 'failed' }]);
  expect(failures).toMatchObject([
    { phase: 'encode', type: 'installation', message: expect.stringContaining('no bwrap') },
  ]);
});

test('C12: an experiment that needs a GPU, where no worker has one, ends when it was not to wait', async () => {
  const meanwhile = async (handle: WorkflowHandle): Promise<void> => {
    await scheduled(handle, 'encodeRound');
    await server.skip(31_000);
  };
  const { failures } = await run({}, { gpu: 'fail' }, { meanwhile });
  expect(failures).toMatchObject([
    { phase: 'encode', type: 'no_worker', message: 'no worker with a GPU took it in time' },
  ]);
});

test('C12: an experiment that no worker takes ends after its wait', async () => {
  const limits = { ...experimentLimits({}), waitSeconds: 0.5 };
  const { rounds, failures } = await run({}, { limits }, { queues: ['jobs'] });
  expect(rounds).toEqual([]);
  expect(failures).toMatchObject([{ phase: 'dispatch', type: 'no_worker', message: 'no worker took it within 0.5 s' }]);
});

/** A phase that runs until it is cancelled, and beats meanwhile. */
async function endless(): Promise<never> {
  const beating = setInterval(() => Context.current().heartbeat(), 100);
  return Context.current().cancelled.finally(() => clearInterval(beating));
}

test('C12: an experiment whose total time is up ends, after the phase under way has', async () => {
  const limits = { ...experimentLimits({}), totalSeconds: 0.5, heartbeatSeconds: 1 };
  const { rounds, failures } = await run({ decodeRound: endless }, { limits });
  const failure = { phase: 'decode', type: 'total_time_limit' };
  expect(rounds).toMatchObject([{ state: 'partial', failure }]);
  expect(failures).toMatchObject([failure]);
});

test('an experiment that is cancelled in the middle of a phase is recorded as cancelled', async () => {
  const began = Promise.withResolvers<void>();
  const encodeRound = (): Promise<never> => {
    began.resolve();
    return endless();
  };
  const meanwhile = async (handle: WorkflowHandle): Promise<void> => {
    await began.promise;
    await handle.cancel();
  };
  const limits = { ...experimentLimits({}), heartbeatSeconds: 1 };
  const { rounds, failures } = await run({ encodeRound }, { limits }, { meanwhile });
  const failure = { phase: 'encode', type: 'cancelled' };
  expect(rounds).toMatchObject([{ state: 'cancelled', failure }]);
  expect(failures).toMatchObject([failure]);
});

test('C12, C16: a phase whose worker dies is tried again', async () => {
  const limits = { ...experimentLimits({}), heartbeatSeconds: 0.5 };
  const retried = Promise.withResolvers<void>();
  const encodeRound = async (): Promise<{ value: PhaseOutput }> => {
    // As of a dead worker, nothing is heard of the first attempt.
    if (Context.current().info.attempt === 1) await retried.promise;
    retried.resolve();
    return { value: output('encoded') };
  };
  const { rounds } = await run({ encodeRound }, { limits });
  expect(rounds).toMatchObject([{ state: 'completed' }]);
});
