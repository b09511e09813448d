/** How a job waits for a person: with nothing running, for as long as the definition says, through its own updates. */
import { ApplicationFailure } from '@temporalio/common';
import { WorkflowUpdateFailedError, type WorkflowHandle } from '@temporalio/client';
import { describe, expect, it } from 'vitest';
import type { ApprovalAnswer, ApprovalRequest } from '../../../workflows/contract/computer-use/approvals.ts';
import type { LeadMagnetJobResult, StepActivityInput, StepSuspension } from '../../../workflows/contract/jobs/job.ts';
import { decideApprovalUpdate, jobStatusQuery } from '../../../workflows/contract/jobs/messages.ts';
import { leadMagnetJobType, taskQueue } from '../../../workflows/contract/names.ts';
import { aiStep, leadMagnet } from '../../support/definitions.ts';
import { fakeActivities, stepResult } from '../../support/workflows/fake-activities.ts';
import { useWorkflowEnvironment } from '../../support/workflows/workflow-environment.ts';

const server = useWorkflowEnvironment('skipping');

const look = { id: 'look', kind: 'computer_use', startUrl: 'https://site.example', goal: 'look' };
const usage = { modelCalls: 2, inputTokens: 20, cachedInputTokens: 0, outputTokens: 2, costUsd: 0.02 };

function request(number = 1, expiresAfterSeconds = 86_400): ApprovalRequest {
  return {
    requestId: `look-1-${number}`,
    callId: `call_${number}`,
    question: 'click at 1,1 on “Send”',
    url: 'https://site.example/contact',
    screenshot: { name: `look-1-${number}.png`, sha256: 'a'.repeat(64) },
    expiresAfterSeconds,
  };
}

function suspension(approval: ApprovalRequest): StepSuspension {
  const output = { kind: 'inline' as const, value: { text: 'so far' } };
  return { ...stepResult({ output, usage, attempts: 2 }), state: 'awaiting_approval', reason: null, approval };
}

/** A computer-use step that asks the given questions, one after another, and then succeeds. */
function asking(...questions: readonly ApprovalRequest[]) {
  const inputs: StepActivityInput[] = [];
  const fakes = fakeActivities({
    runComputerUse: async (input) => {
      inputs.push(input);
      const question = questions[inputs.length - 1];
      return question === undefined ? stepResult({ usage, attempts: 3 }) : suspension(question);
    },
  });
  return { ...fakes, inputs };
}

let count = 0;
async function withJob<T>(
  fakes: ReturnType<typeof asking>,
  work: (handle: WorkflowHandle) => Promise<T>,
  steps: Parameters<typeof leadMagnet>[0]['steps'] = [look],
): Promise<T> {
  count += 1;
  const prefix = `approvals${count}`;
  return server.withWorkers(prefix, fakes.activities, async () => {
    const definition = leadMagnet({ steps: steps ?? [] });
    const handle = await server.environment.client.workflow.start(leadMagnetJobType, {
      workflowId: `job_${prefix}`,
      taskQueue: taskQueue(prefix, 'jobs'),
      args: [
        {
          tenant: 'default',
          version: 1,
          definition,
          form: { email: 'a@b.example' },
          submittedAt: new Date().toISOString(),
          jobUrl: null,
        },
      ],
    });
    return work(handle);
  });
}

async function asked(handle: WorkflowHandle, requestId = 'look-1-1'): Promise<void> {
  await expect
    .poll(async () => (await rejectionOf(decide(handle, { requestId, by: '' }, 'neither')))?.message, {
      timeout: 20_000,
    })
    .toContain('approve or refuse');
}

function decide(
  handle: WorkflowHandle,
  parts: Partial<ApprovalAnswer> = {},
  decision: string = parts.decision ?? 'approve',
): Promise<void> {
  const answer = { requestId: 'look-1-1', by: 'ada', note: null, ...parts, decision };
  return handle.executeUpdate(decideApprovalUpdate.name, { args: [answer] });
}

async function rejectionOf(update: Promise<void>): Promise<ApplicationFailure | null> {
  try {
    await update;
    return null;
  } catch (error) {
    if (error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure) return error.cause;
    throw error;
  }
}

async function resultOf(handle: WorkflowHandle): Promise<LeadMagnetJobResult> {
  const result: LeadMagnetJobResult = await handle.result();
  return result;
}

describe('a step that asks a person', () => {
  it('A14: waits with nothing running, and goes on with the answer, bound to what was asked', async () => {
    const fakes = asking(request());
    const result = await withJob(fakes, async (handle) => {
      await asked(handle);
      expect(await handle.query(jobStatusQuery)).toMatchObject({ steps: [{ id: 'look', state: 'awaiting_approval' }] });
      expect((await handle.describe()).raw.pendingActivities ?? []).toEqual([]);
      await decide(handle, { note: 'go on' });
      return resultOf(handle);
    });
    expect(result).toMatchObject({ outcome: 'completed', usage });
    expect(fakes.inputs).toHaveLength(2);
    expect(fakes.inputs[1]?.resumption).toEqual({
      attemptsBefore: 2,
      decision: {
        requestId: 'look-1-1',
        decision: 'approve',
        by: 'ada',
        note: 'go on',
        callId: 'call_1',
        url: 'https://site.example/contact',
        screenshotSha256: 'a'.repeat(64),
      },
    });
    expect(fakes.inputs[1]?.sequence).toBeGreaterThan(fakes.inputs[0]?.sequence ?? 0);
  });

  it('may ask several times; each question has its own answer', async () => {
    const fakes = asking(request(1), request(2));
    await withJob(fakes, async (handle) => {
      await asked(handle);
      await decide(handle);
      await asked(handle, 'look-1-2');
      await decide(handle, { requestId: 'look-1-2', decision: 'refuse' });
      return resultOf(handle);
    });
    expect(fakes.inputs.map(({ resumption }) => resumption?.decision.decision)).toEqual([
      undefined,
      'approve',
      'refuse',
    ]);
  });

  it('ends by type, with what it has, when nobody answers for a day', async () => {
    const fakes = asking(request());
    const [result, seconds] = await withJob(
      fakes,
      async (handle) => {
        const result = await resultOf(handle);
        const { startTime, closeTime = startTime } = await handle.describe();
        return [result, (closeTime.getTime() - startTime.getTime()) / 1000] as const;
      },
      [{ ...look, onFailure: 'continue' }, aiStep('after', { needs: ['look'] })],
    );
    expect(Math.round(seconds / 3600)).toBe(24);
    expect(result).toMatchObject({
      outcome: 'completed_with_errors',
      steps: [{ id: 'look', state: 'timed_out', reason: { type: 'approval_expired' } }, { state: 'succeeded' }],
    });
    expect(result.usage.costUsd).toBe(0.02);
    expect(fakes.inputs).toHaveLength(1);
    expect(fakes.recorded.steps[0]?.transitions).toMatchObject([{ stepId: 'look', state: 'timed_out' }]);
  });

  it('is cancelled with its job while it waits', async () => {
    const fakes = asking(request());
    const result = await withJob(fakes, async (handle) => {
      await asked(handle);
      await handle.cancel();
      return resultOf(handle);
    });
    expect(result).toMatchObject({ outcome: 'cancelled', steps: [{ id: 'look', state: 'cancelled' }] });
  });
});

describe('an answer', () => {
  it('to nothing, a second one, and one that comes too late are rejected without a trace in the history', async () => {
    const fakes = asking(request(1), request(2, 60), request(3));
    await withJob(
      fakes,
      async (handle) => {
        await asked(handle);
        expect(await rejectionOf(decide(handle, { requestId: 'look-9-9' }))).toMatchObject({
          type: 'approval_unknown',
        });
        await decide(handle);
        await asked(handle, 'look-1-2');
        expect(await rejectionOf(decide(handle, { decision: 'refuse', by: 'bob' }))).toMatchObject({
          type: 'approval_decided',
          message: 'look-1-1 was answered before: approve by ada',
        });
        await server.environment.sleep('2 minutes');
        expect(await rejectionOf(decide(handle, { requestId: 'look-1-2' }))).toMatchObject({
          type: 'approval_expired',
        });
        const { events } = await handle.fetchHistory();
        const updates = (events ?? []).filter((event) => event.workflowExecutionUpdateAcceptedEventAttributes);
        expect(updates).toHaveLength(1);
        await handle.cancel();
        return resultOf(handle);
      },
      // Another step, which asks the third, keeps the job alive after the second has expired.
      [
        { ...look, onFailure: 'continue' },
        { id: 'late', kind: 'computer_use', startUrl: 'https://site.example', goal: 'wait', needs: ['look'] },
      ],
    );
  });
});
