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
  type TimedResult,
} from '../../../workflows/contract/experiments/experiment.ts';
import { experimentLimits } from '../../../workflows/contract/experiments/limits.ts';
import { useWorkflowEnvironment, type AllExperimentActivities } from '../../support/workflows/workflow-environment.ts';

const server = useWorkflowEnvironment('skipping');
let count = 0;

const content = (name: string): ContentReference => ({ sha256: name, bytes: 1 });
const output = (name: string): PhaseOutput => ({ content: content(name), seconds: 1, peakBytes: 1 });
const metrics = { encodedBytes: 1, bitrateMbps: 1, compressionRatio: 2, psnrDb: 30, isLossless: false, ssim: 0.9 };
const gave = <Value>(value: Value): TimedResult<Value> => ({ value, tookSeconds: 1 });
const codeError: ExperimentFailure = { phase: 'decode', type: 'error', message: 'no such name', line: 7 };

interface Ran {
  readonly result: ExperimentResult;
  readonly rounds: readonly RoundEnd[];
  readonly failures: readonly (ExperimentFailure | null)[];
}

interface RunOptions {
  readonly meanwhile?: (handle: WorkflowHandle, activities: AllExperimentActivities) => Promise<void>;
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
    dispatchExperiment: async () => gave(video),
    givenCode: async () => content('given'),
    writeCode: async ({ round }) => gave({ code: content(`code ${round}`), note: null }),
    encodeRound: async ({ code }) => gave(output(`${code.sha256}, encoded`)),
    decodeRound: async ({ encoded }) => gave(output(`${encoded.sha256}, decoded`)),
    scoreRound: async () => gave({ metrics, files: [] }),
    hasGpuWorker: async () => false,
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
      await meanwhile?.(handle, activities);
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
      decodeRound: async ({ round }) =>
        round === 1 ? { failure: codeError, tookSeconds: 1 } : gave(output('decoded')),
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
    { writeCode: async ({ round }) => gave(round > 2 ? { enough: 'goal' } : { code: content('c'), note: 'n' }) },
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

test('C12: an experiment that needs a GPU, where no worker has one, ends at once when it was not to wait', async () => {
  const { failures } = await run({}, { gpu: 'fail' });
  expect(failures).toMatchObject([{ phase: 'encode', type: 'no_worker', message: 'there is no worker with a GPU' }]);
});

test('C17: an experiment waits for a full worker with a GPU as long as that is there', async () => {
  const looks = [true, false];
  const meanwhile = async (handle: WorkflowHandle): Promise<void> => {
    await scheduled(handle, 'encodeRound');
    await server.skip(301_000);
  };
  const { failures } = await run({ hasGpuWorker: async () => looks.shift() ?? true }, { gpu: 'fail' }, { meanwhile });
  expect(looks).toEqual([]);
  expect(failures).toMatchObject([{ phase: 'encode', message: 'there is no worker with a GPU' }]);
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

test('C12: the limit of the whole counts what phases took, and gives each what is left', async () => {
  const asked: number[] = [];
  const { rounds, failures } = await run(
    {
      encodeRound: async ({ limits }) => {
        asked.push(limits.encodeSeconds);
        return { value: output('encoded'), tookSeconds: 50 };
      },
      decodeRound: async ({ limits: { decodeSeconds } }) => {
        asked.push(decodeSeconds);
        return {
          failure: { phase: 'decode', type: 'time_limit', message: '', line: null },
          tookSeconds: decodeSeconds,
        };
      },
    },
    { limits: { ...experimentLimits({}), totalSeconds: 100 }, rounds: 2, writes: 'after_first' },
  );
  expect(asked).toEqual([60, 49]);
  const failure = { phase: 'decode', type: 'total_time_limit' };
  expect(rounds).toMatchObject([{ state: 'partial', failure }]);
  expect(failures).toMatchObject([failure]);
});

test('C12: a wait for a worker takes nothing of the limit of the whole', async () => {
  const meanwhile = async (handle: WorkflowHandle, activities: AllExperimentActivities): Promise<void> => {
    await scheduled(handle, 'encodeRound');
    await server.skip(2 * 3_600_000);
    await server.withWorkers(`experiments${count}`, activities, () => handle.result(), ['sandbox-gpu']);
  };
  const { rounds } = await run({}, { gpu: 'wait' }, { meanwhile });
  expect(rounds).toMatchObject([{ state: 'completed' }]);
});

test('what was measured is recorded, though the experiment is cancelled at that moment', async () => {
  const recorded: string[] = [];
  const { failures } = await run(
    {
      endRound: async ({ experimentId, round, state }) => {
        recorded.push(state);
        if (recorded.length > 1) return;
        await server.environment.client.workflow.getHandle(experimentWorkflowId('default', experimentId)).cancel();
        // The store is away for longer than a task of the workflow lasts.
        throw ApplicationFailure.create({ message: `round ${round}`, nextRetryDelay: '6 s' });
      },
    },
    { rounds: 2, writes: 'after_first' },
  );
  expect(recorded).toEqual(['completed', 'completed']);
  expect(failures).toMatchObject([{ type: 'cancelled' }]);
});

test('an experiment makes no round after one that found it ended', async () => {
  const failure: ExperimentFailure = { phase: 'encode', type: 'cancelled', message: 'it had ended', line: null };
  const { rounds } = await run(
    { encodeRound: async () => ({ failure, tookSeconds: 0 }) },
    { rounds: 9, writes: 'all' },
  );
  expect(rounds).toHaveLength(1);
});

test('C12: a store or provider that stays away is waited for, also after all attempts', async () => {
  const limits = { ...experimentLimits({}), attempts: 1 };
  const away = ['provider_unavailable', 'store'];
  const { rounds } = await run(
    {
      writeCode: async () => {
        const type = away.shift();
        if (type !== undefined) throw ApplicationFailure.create({ type, message: 'away' });
        return gave({ code: content('code'), note: null });
      },
    },
    { limits, writes: 'all' },
  );
  expect(rounds).toMatchObject([{ state: 'completed' }]);
});

test('C16: a provider that refuses the key is no model that gave no code', async () => {
  const refused = ApplicationFailure.nonRetryable('the provider refused the key', 'provider_authentication');
  const { failures } = await run({ writeCode: () => Promise.reject(refused) }, { writes: 'all' });
  expect(failures).toMatchObject([{ phase: 'write', type: 'installation', message: 'the provider refused the key' }]);
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
  const encodeRound = async (): Promise<TimedResult<PhaseOutput>> => {
    // As of a dead worker, nothing is heard of the first attempt.
    if (Context.current().info.attempt === 1) await retried.promise;
    retried.resolve();
    return gave(output('encoded'));
  };
  const { rounds } = await run({ encodeRound }, { limits });
  expect(rounds).toMatchObject([{ state: 'completed' }]);
});
