import { activityInfo, Context } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../workflows/contract/json/json.ts';
import type { LeadMagnetJobInput, LeadMagnetJobResult } from '../../../workflows/contract/jobs/job.ts';
import { leadMagnetJobType, taskQueue, type QueueKind } from '../../../workflows/contract/names.ts';
import { aiStep, jobInput } from '../../support/definitions.ts';
import { fakeActivities, stepResult } from '../../support/workflows/fake-activities.ts';
import { useWorkflowEnvironment, type AllActivities } from '../../support/workflows/workflow-environment.ts';

const server = useWorkflowEnvironment('skipping');

let count = 0;
const email = { kind: 'email', to: '{{form.email}}', subject: 'x' };

/** Runs a job on the time-skipping server: hours of it pass at once. */
async function runJob(
  parts: JsonObject,
  activities: AllActivities,
  queues?: readonly QueueKind[],
  choices: Pick<LeadMagnetJobInput, 'aiQueue'> = {},
): Promise<LeadMagnetJobResult & { readonly seconds: number }> {
  count += 1;
  const prefix = `test${count}`;
  const run = async () => {
    const handle = await server.environment.client.workflow.start(leadMagnetJobType, {
      workflowId: `job_test${count}`,
      taskQueue: taskQueue(prefix, 'jobs'),
      args: [{ ...jobInput(parts), ...choices }],
    });
    const result: LeadMagnetJobResult = await handle.result();
    // By the server's own record: its clock may jump on once the job is over.
    const { startTime, closeTime = startTime } = await handle.describe();
    return { ...result, seconds: (closeTime.getTime() - startTime.getTime()) / 1000 };
  };
  return server.withWorkers(prefix, activities, run, queues);
}

const states = (result: LeadMagnetJobResult): Record<string, string> =>
  Object.fromEntries(result.steps.map(({ id, state }) => [id, state]));

describe('A01: a lead-magnet job', () => {
  it('runs its steps by their needs, delivers, and closes', async () => {
    const { activities, recorded } = fakeActivities();
    const result = await runJob({ steps: [aiStep('a'), aiStep('b', { needs: ['a'] })], deliver: [email] }, activities);
    expect(result).toMatchObject({ outcome: 'completed', deliveries: [{ id: 'email_1', state: 'delivered' }] });
    expect(recorded.steps.map(({ step }) => step.id)).toEqual(['a', 'b']);
    expect(recorded.steps[1]?.outputs).toEqual({ a: { kind: 'inline', value: { text: 'done' } } });
    expect(recorded.closed).toHaveLength(1);
  });

  it('outlives any function: a step that needs a day of attempts is just a slow step', async () => {
    const { activities } = fakeActivities({
      runAi: async () => {
        if (activityInfo().attempt < 30)
          throw ApplicationFailure.create({ type: 'provider_unavailable', message: 'down', nextRetryDelay: '1 hour' });
        return stepResult();
      },
    });
    const limits = { attempts: 40, totalSeconds: 40 * 3600 };
    const result = await runJob({ steps: [aiStep('a', { limits })] }, activities);
    expect(result.outcome).toBe('completed');
    expect(result.seconds).toBeGreaterThan(28 * 3600);
  });

  it('that reaches its limit of 48 hours stops in order and says so', async () => {
    const { activities, recorded } = fakeActivities({
      runAi: async () => {
        throw ApplicationFailure.create({ type: 'provider_unavailable', message: 'down', nextRetryDelay: '3 hours' });
      },
    });
    const limits = { attempts: 1000, totalSeconds: 100 * 3600 };
    const result = await runJob(
      { steps: [aiStep('a', { limits }), aiStep('b', { needs: ['a'] })], deliver: [email] },
      activities,
    );
    expect(result).toMatchObject({ outcome: 'timed_out', reason: { type: 'job_time_limit' } });
    expect(states(result)).toEqual({ a: 'cancelled', b: 'cancelled' });
    expect(result.deliveries).toMatchObject([{ state: 'skipped' }]);
    expect(recorded.closed).toMatchObject([{ outcome: 'timed_out' }]);
    expect(Math.round(result.seconds / 3600)).toBe(48);
  });

  it('A12: distinguishes a time-out from another failure, and names its limit', async () => {
    const { activities } = fakeActivities({
      runAi: async () => {
        throw ApplicationFailure.create({ type: 'provider_unavailable', message: 'down' });
      },
      runWebhook: async () => {
        throw ApplicationFailure.create({ type: 'receiver_refused', message: 'the receiver answered 404' });
      },
    });
    const webhook = { id: 'b', kind: 'webhook', url: 'https://a.example', onFailure: 'continue' };
    const ai = aiStep('a', { onFailure: 'continue', limits: { attempts: 100, totalSeconds: 1000 } });
    const result = await runJob({ steps: [ai, webhook] }, activities);
    expect(result.steps).toMatchObject([
      { id: 'a', state: 'failed', reason: { type: 'provider_unavailable' } },
      { id: 'b', state: 'failed', reason: { type: 'receiver_refused', message: 'the receiver answered 404' } },
    ]);
  });

  it('A04: keeps the typed reason of a limit that a step reached', async () => {
    const reason = { type: 'iteration_limit' as const, message: 'the step used 3 of 3 iterations' };
    const { activities } = fakeActivities({ runAi: async () => stepResult({ state: 'failed', reason }) });
    const result = await runJob({ steps: [aiStep('a')], deliver: [email] }, activities);
    expect(result).toMatchObject({ outcome: 'failed', reason });
  });

  it('that fails at one step stops what still runs, and skips the rest', async () => {
    const { activities } = fakeActivities({
      runAi: async ({ step }) => {
        if (step.id === 'bad')
          throw ApplicationFailure.create({ type: 'provider_request', message: 'no', nonRetryable: true });
        const { cancellationSignal } = Context.current();
        const beat = setInterval(() => Context.current().heartbeat(), 100);
        return new Promise((_resolve, reject) => {
          cancellationSignal.addEventListener('abort', () => {
            clearInterval(beat);
            reject(new CancelledFailure('stopped'));
          });
        });
      },
    });
    const slow = aiStep('slow', { limits: { heartbeatSeconds: 2 } });
    const result = await runJob({ steps: [slow, aiStep('bad'), aiStep('late', { needs: ['slow'] })] }, activities);
    expect(result.outcome).toBe('failed');
    expect(states(result)).toEqual({ slow: 'cancelled', bad: 'failed', late: 'skipped' });
  });

  it('keeps its outcome when a delivery fails after a day of tries, and reports that at once', async () => {
    const { activities, recorded } = fakeActivities({
      deliver: async () => {
        throw ApplicationFailure.create({ type: 'receiver_unavailable', message: 'the mail server is away' });
      },
    });
    const result = await runJob({ steps: [aiStep('a')], deliver: [email] }, activities);
    expect(result.outcome).toBe('completed');
    const summary = { id: 'email_1', state: 'failed', reason: { type: 'receiver_unavailable' } };
    expect(result.deliveries).toMatchObject([summary]);
    const input = { deliveryId: 'email_1', outputs: { a: { kind: 'inline' } }, transitions: [] };
    expect(recorded.endedDeliveries).toMatchObject([{ input, summary }]);
  });

  it('waits with a delivery until its schedule, however far away', async () => {
    const { activities, recorded } = fakeActivities({ planDelivery: async () => ({ waitSeconds: 5 * 86_400 }) });
    const schedule = { cron: '0 9 * * 1' };
    const result = await runJob({ steps: [aiStep('a')], deliver: [{ ...email, schedule }] }, activities);
    expect(recorded.delivered).toEqual(['email_1']);
    expect(result.seconds).toBeGreaterThanOrEqual(5 * 86_400);
  });

  it('runs at most as many steps at once as it allows', async () => {
    let running = 0;
    let most = 0;
    const { activities } = fakeActivities({
      runAi: async () => {
        running += 1;
        most = Math.max(most, running);
        await new Promise(setImmediate);
        running -= 1;
        return stepResult();
      },
    });
    const steps = ['a', 'b', 'c', 'd', 'e'].map((id) => aiStep(id));
    expect((await runJob({ steps, parallelSteps: 2 }, activities)).outcome).toBe('completed');
    expect(most).toBeLessThanOrEqual(2);
  });

  it('gives its steps the language and the logo of its reports, where the lead magnet has them', async () => {
    const { activities, recorded } = fakeActivities();
    await runJob({ steps: [aiStep('a')], language: 'pt-BR', logo: 'https://a.example/logo.png' }, activities);
    await runJob({ steps: [aiStep('b')] }, activities);
    expect(recorded.steps.map(({ job }) => job.look)).toEqual([
      { language: 'pt-BR', logo: 'https://a.example/logo.png' },
      undefined,
    ]);
  });

  it('records what no activity could write, with the next activity', async () => {
    const { activities, recorded } = fakeActivities({
      runWebhook: async () => {
        throw ApplicationFailure.create({ type: 'receiver_refused', message: 'no', nonRetryable: true });
      },
    });
    const webhook = { id: 'w', kind: 'webhook', url: 'https://a.example', onFailure: 'skip' };
    await runJob({ steps: [webhook, aiStep('x', { needs: ['w'] })] }, activities);
    expect(recorded.closed[0]?.transitions).toMatchObject([
      { stepId: 'w', state: 'failed' },
      { stepId: 'x', state: 'skipped' },
    ]);
  });
});

describe('AI steps', () => {
  it('run on the queue of the job, or on one of their own when the start says so', async () => {
    const { activities, recorded } = fakeActivities();
    expect(states(await runJob({ steps: [aiStep('a')] }, activities, ['jobs']))).toEqual({ a: 'succeeded' });
    const limits = { attemptSeconds: 3, totalSeconds: 3, heartbeatSeconds: 2 };
    const elsewhere = await runJob({ steps: [aiStep('b', { limits })] }, activities, ['jobs'], { aiQueue: 'llm' });
    expect(states(elsewhere)).toEqual({ b: 'timed_out' });
    expect(recorded.steps.map(({ step }) => step.id)).toEqual(['a']);
  });
});

it('L06 L08: each kind of step is served by the queue of what it needs: models, browsers, sandboxes', async () => {
  const queues: Record<string, string> = {};
  const noted = async ({ step }: { readonly step: { readonly id: string } }) => {
    queues[step.id] = activityInfo().taskQueue.replace(/^.*-/u, '');
    return stepResult();
  };
  const all = { runAi: noted, runWebhook: noted, runRender: noted, runCode: noted, runComputerUse: noted };
  const { activities } = fakeActivities(all);
  const rest = { network: { navigate: ['https://a.example'] } };
  const steps = [
    aiStep('ai'),
    { id: 'webhook', kind: 'webhook', url: 'https://a.example' },
    { id: 'render', kind: 'render', template: '# Report' },
    { id: 'code', kind: 'code', language: 'python', source: 'def main(inputs): return 1' },
    { id: 'browse', kind: 'computer_use', goal: 'look', startUrl: 'https://a.example' },
  ];
  await runJob({ steps, ...rest }, activities, undefined, { aiQueue: 'llm' });
  expect(queues).toEqual({ ai: 'llm', webhook: 'jobs', render: 'jobs', code: 'sandbox', browse: 'browser' });
});

describe('A12: the words of the workflow', () => {
  it('that went with an activity which never ran go with the next one, in their order', async () => {
    const { activities, recorded } = fakeActivities({
      runWebhook: async () => {
        throw ApplicationFailure.create({ type: 'receiver_refused', message: 'no', nonRetryable: true });
      },
    });
    const webhook = { id: 'w', kind: 'webhook', url: 'https://a.example', onFailure: 'continue' };
    // No worker serves the queue of this step: its activity ends without having run.
    const limits = { attemptSeconds: 3, totalSeconds: 3, heartbeatSeconds: 2 };
    const unserved = aiStep('x', { needs: ['w'], onFailure: 'continue', limits });
    await runJob({ steps: [webhook, unserved] }, activities, ['jobs'], { aiQueue: 'llm' });
    const words = recorded.closed[0]?.transitions ?? [];
    expect(words).toMatchObject([
      { stepId: 'w', state: 'failed', reason: { message: 'no' } },
      // The server sets the one to the other where it is not given, and tells the one that it sees first.
      {
        stepId: 'x',
        state: 'timed_out',
        reason: { type: expect.stringMatching(/^timeout_schedule_to_(?:close|start)$/) },
      },
    ]);
    expect(words[0]?.sequence).toBeLessThan(words[1]?.sequence ?? 0);
  });

  it('are recorded once, when the activity that carried them has run', async () => {
    const { activities, recorded } = fakeActivities();
    await runJob({ steps: [aiStep('a'), aiStep('b', { needs: ['a'] })] }, activities);
    expect(recorded.steps[1]?.transitions).toMatchObject([{ stepId: 'a', state: 'succeeded' }]);
    expect(recorded.closed[0]?.transitions).toMatchObject([{ stepId: 'b', state: 'succeeded' }]);
  });
});

describe('A14: a job that is cancelled', () => {
  it('stops what runs, and ends as cancelled with its records written', async () => {
    let begun: () => void = () => undefined;
    const started = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const { activities, recorded } = fakeActivities({
      runAi: async () => {
        begun();
        const context = Context.current();
        const beat = setInterval(() => context.heartbeat(), 100);
        return new Promise((_resolve, reject) => {
          context.cancellationSignal.addEventListener('abort', () => {
            clearInterval(beat);
            reject(new CancelledFailure('stopped'));
          });
        });
      },
    });
    count += 1;
    const prefix = `test${count}`;
    const result = await server.withWorkers(prefix, activities, async () => {
      const handle = await server.environment.client.workflow.start(leadMagnetJobType, {
        workflowId: `job_test${count}`,
        taskQueue: taskQueue(prefix, 'jobs'),
        args: [jobInput({ steps: [aiStep('a', { limits: { heartbeatSeconds: 2 } })], deliver: [email] })],
      });
      await started;
      await handle.cancel();
      const result: LeadMagnetJobResult = await handle.result();
      return result;
    });
    expect(result).toMatchObject({
      outcome: 'cancelled',
      reason: { type: 'cancelled' },
      deliveries: [{ state: 'skipped' }],
    });
    expect(recorded.closed).toMatchObject([{ outcome: 'cancelled' }]);
  });
});
