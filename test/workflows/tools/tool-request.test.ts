import { ApplicationFailure } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { failure } from '../../../activities/failure.ts';
import { OnlyWaited, providerAttempt, withStoreRetries } from '../../../activities/tools/store-outage.ts';
import { taskQueue, type QueueKind } from '../../../workflows/contract/names.ts';
import { toolLimits, type ToolLimitChoices } from '../../../workflows/contract/tools/limits.ts';
import {
  toolRequestType,
  type ToolActivities,
  type ToolCut,
  type ToolRecordActivities,
  type ToolRequestEnd,
  type ToolRequestInput,
} from '../../../workflows/contract/tools/tool-request.ts';
import { useWorkflowEnvironment } from '../../support/workflows/workflow-environment.ts';

const server = useWorkflowEnvironment('skipping');
let count = 0;

interface Parts extends Partial<ToolActivities> {
  readonly choices?: ToolLimitChoices;
  readonly queue?: 'jobs' | 'llm';
  readonly queues?: readonly QueueKind[];
  /** What happens while the request runs. */
  readonly meanwhile?: (id: string) => Promise<void>;
}

/** Runs a request on the time-skipping server, by its record of time. */
async function run(parts: Parts): Promise<ToolRequestEnd & { seconds: number; calls: string[]; cuts: ToolCut[] }> {
  count += 1;
  const id = `tool_test${count}`;
  const prefix = `tools${count}`;
  const calls: string[] = [];
  const cuts: ToolCut[] = [];
  const activities: ToolActivities & ToolRecordActivities = {
    runToolTurn: async (input) => {
      calls.push('turn');
      return parts.runToolTurn?.(input) ?? { next: 'expert' };
    },
    runToolExpert: async (input) => {
      calls.push('expert');
      return parts.runToolExpert?.(input) ?? { outcome: 'completed' };
    },
    endToolRequest: async ({ cut }) => {
      cuts.push(cut);
      return { outcome: 'timed_out' };
    },
  };
  const input: ToolRequestInput = {
    requestId: id,
    tenant: 'default',
    tool: 'debug',
    limits: toolLimits(parts.choices ?? {}, 'debug'),
    queue: parts.queue ?? 'jobs',
  };
  const work = async () => {
    const options = { workflowId: id, taskQueue: taskQueue(prefix, 'jobs'), args: [input] };
    const handle = await server.environment.client.workflow.start(toolRequestType, options);
    await parts.meanwhile?.(id);
    const ended: ToolRequestEnd = await handle.result();
    const { startTime, closeTime = startTime } = await handle.describe();
    return { ...ended, seconds: (closeTime.getTime() - startTime.getTime()) / 1000, calls, cuts };
  };
  return server.withWorkers(prefix, activities, work, parts.queues);
}

const failing = (seconds: number): (() => Promise<never>) => {
  return async () => {
    throw ApplicationFailure.create({
      type: 'provider_unavailable',
      message: 'down',
      nextRetryDelay: seconds * 1000,
    });
  };
};

describe('a tool request', () => {
  it('asks the tool, and then the expert', async () => {
    await expect(run({})).resolves.toMatchObject({ outcome: 'completed', calls: ['turn', 'expert'], cuts: [] });
  });

  it('T18: ends with the tool’s own turn when that needs no expert', async () => {
    const ended = await run({ runToolTurn: async () => ({ next: 'end', outcome: 'completed' }) });
    expect(ended).toMatchObject({ outcome: 'completed', calls: ['turn'], cuts: [] });
  });

  it('T07: is cut off at its own limit, and ends within 67.5 s with what there is', async () => {
    const { seconds, cuts, outcome } = await run({ runToolExpert: failing(66) });
    expect(outcome).toBe('timed_out');
    expect(cuts).toMatchObject([{ layer: 'request', type: 'time_limit' }]);
    expect(cuts[0]?.seconds).toBeGreaterThanOrEqual(65);
    expect(seconds).toBeGreaterThanOrEqual(65);
    expect(seconds).toBeLessThanOrEqual(67.5);
  });

  it('T19: fails fast once it has waited too long for a worker to make its limit', async () => {
    const { seconds, cuts, calls } = await run({
      queue: 'llm',
      queues: ['jobs'],
      // This server skips no time while an activity waits for a worker.
      choices: { queueSeconds: 2 },
    });
    expect(calls).toEqual([]);
    expect(cuts).toMatchObject([{ layer: 'queue', type: 'timeout_schedule_to_start' }]);
    expect(cuts[0]?.message).toMatch(/waited \d+(\.\d)? s for a worker/);
    expect(seconds).toBeLessThan(20);
  });

  it('T05: does not repeat its turn beyond the limit of the tool', async () => {
    const { seconds, cuts, calls } = await run({ runToolTurn: failing(66) });
    expect(calls).toEqual(['turn']);
    expect(cuts).toMatchObject([{ layer: 'tool', type: 'provider_unavailable' }]);
    expect(seconds).toBeLessThan(45);
  });

  it('T04: tells each attempt how many before it have only waited, so that these use up none', async () => {
    const attempts: number[] = [];
    const runToolExpert = () =>
      withStoreRetries('tool_waits', async (): Promise<ToolRequestEnd> => {
        attempts.push(providerAttempt());
        if (attempts.length <= 5) throw new OnlyWaited('another request asks the expert for the same work');
        if (attempts.length <= 7) throw failure('provider_unavailable', 'down');
        return { outcome: 'completed' };
      });
    await expect(run({ runToolExpert })).resolves.toMatchObject({ outcome: 'completed', cuts: [] });
    expect(attempts).toEqual([1, 1, 1, 1, 1, 1, 2, 3]);
  });

  it('T09: has no limit when the caps are switched off', async () => {
    let attempts = 0;
    const { seconds, outcome } = await run({
      choices: { toolSeconds: 0 },
      runToolExpert: async () => {
        attempts += 1;
        return attempts < 3 ? failing(3600)() : { outcome: 'completed' };
      },
    });
    expect(outcome).toBe('completed');
    expect(seconds).toBeGreaterThan(7000);
  });

  it('is cancelled when it is asked to stop', async () => {
    const { cuts } = await run({
      runToolExpert: failing(50),
      meanwhile: async (id) => {
        await server.environment.client.workflow.getHandle(id).cancel();
      },
    });
    expect(cuts.at(-1)).toMatchObject({ layer: 'request', type: 'cancelled' });
  });
});
