import { CancelledFailure } from '@temporalio/common';
import { describe, expect, it, vi } from 'vitest';
import { failure } from '../../../activities/failure.ts';
import { createJobRecords } from '../../../activities/records/job-records.ts';
import { createOutputReader } from '../../../activities/output-schema.ts';
import { recordedStep, recordTransitions, type StepOutcome } from '../../../activities/records/recorded.ts';
import type { StepTransition } from '../../../workflows/contract/jobs/job.ts';
import { fillTemplate } from '../../../workflows/contract/lead-magnets/template.ts';
import { activityPlace, job, stepInput, storeWithJob } from '../../support/jobs/activity-inputs.ts';
import { aiStep, leadMagnet } from '../../support/definitions.ts';
import { stepResult } from '../../support/workflows/fake-activities.ts';
import { temporaryStore } from '../../support/temporary-store.ts';

const at = '2026-01-02T00:00:00.000Z';
const cancelled: StepTransition = {
  stepId: 'write',
  generation: 1,
  sequence: 2,
  state: 'cancelled',
  reason: { type: 'cancelled', message: 'a person cancelled it' },
  at,
};

async function recording(work: () => Promise<StepOutcome>) {
  const { store, definition } = await storeWithJob({
    steps: [aiStep('write')],
    deliver: [{ kind: 'email', to: 'a@example.com', subject: 's' }],
  });
  const run = recordedStep(store, 'ai', work);
  return {
    store,
    run: (attempt = 1, parts = {}) => activityPlace({ attempt }).run(run, stepInput(definition, parts)),
    step: async () => (await store.jobViews.find(job.id))?.steps[0],
    events: async () => (await store.events.after(job.id, 0, 100)).map(({ type, message }) => `${type}: ${message}`),
  };
}

describe('what is recorded of a step', () => {
  it('A12: is its beginning and its end, with the reason', async () => {
    const reason = { type: 'budget' as const, message: 'the step used $2 of $1' };
    const { run, step, events } = await recording(async () => stepResult({ state: 'failed', reason }));
    await run();
    expect(await step()).toMatchObject({ state: 'failed', reason, attempts: 1 });
    expect(await events()).toEqual(['step.started: started', 'step.failed: failed: the step used $2 of $1']);
  });

  it('A05: is each attempt that failed, and that the next goes on', async () => {
    let tries = 0;
    const { run, step, events } = await recording(async () => {
      tries += 1;
      if (tries === 1) throw failure('provider_unavailable', 'the provider is down');
      return stepResult();
    });
    await expect(run(1)).rejects.toThrow('the provider is down');
    expect(await step()).toMatchObject({ state: 'running', attempts: 1 });
    expect(await run(2)).toMatchObject({ attempts: 2 });
    expect(await events()).toEqual([
      'step.started: started',
      'step.attempt_failed: attempt 1 failed: the provider is down',
      expect.stringMatching(/^step.resumed: attempt 2/),
      'step.succeeded: succeeded',
    ]);
  });

  it('A05: is that a definition of old cannot be used, which no other attempt would mend', async () => {
    const schema = await recording(async () => {
      await createOutputReader({ pattern: '(?=a)' }, { owner: job.id });
      return stepResult();
    });
    await expect(schema.run()).rejects.toMatchObject({ type: 'step_definition', nonRetryable: true });
    expect((await schema.events())[1]).toContain('the output schema cannot be used: looks ahead or behind');
    const template = await recording(async () => {
      fillTemplate('{{=<% %>=}}', {}, 'text');
      return stepResult();
    });
    await expect(template.run()).rejects.toThrow('a template cannot be used: other delimiters than');
  });

  it('A05: is the word of the workflow, over an end that an attempt wrote before it died', async () => {
    const { run, step, store, events } = await recording(async () => stepResult());
    await run();
    await recordTransitions(store, job.id, [cancelled]);
    expect(await step()).toMatchObject({ state: 'cancelled', reason: cancelled.reason });
    expect(await events()).toContain('step.cancelled: cancelled: a person cancelled it');
    await recordTransitions(store, job.id, [
      { ...cancelled, generation: 2, sequence: 3, state: 'running', reason: null },
    ]);
    expect(await step()).toMatchObject({ state: 'running', generation: 2 });
    await recordTransitions(store, job.id, [cancelled]);
    expect(await step()).toMatchObject({ state: 'running', generation: 2 });
  });

  it('A05: is nothing of an attempt that was taken for dead and still lives', async () => {
    const begun = Promise.withResolvers<void>();
    const released = Promise.withResolvers<void>();
    const work = [
      async () => {
        begun.resolve();
        await released.promise;
        return stepResult({ state: 'failed', reason: { type: 'budget', message: 'too late' } });
      },
      async () => stepResult(),
    ];
    const { run, step, events } = await recording(async () => work.shift()?.() ?? stepResult());
    const dead = run(1);
    await begun.promise;
    await run(2);
    released.resolve();
    await dead;
    expect(await step()).toMatchObject({ state: 'succeeded', attempts: 2, reason: null });
    expect((await events()).join()).not.toContain('too late');
  });

  it('A05: goes on with the next attempt, when one died after it wrote its end', async () => {
    const { run, step } = await recording(async () => stepResult());
    await run(1);
    await run(2);
    expect(await step()).toMatchObject({ state: 'succeeded', attempts: 2 });
  });

  it('is an end that the workflow decided, which a repeated transition records only once', async () => {
    const { step, store, events } = await recording(async () => stepResult());
    await recordTransitions(store, job.id, [cancelled]);
    await recordTransitions(store, job.id, [cancelled]);
    expect(await step()).toMatchObject({ state: 'cancelled', reason: cancelled.reason, endedAt: at });
    expect(await events()).toEqual(['step.cancelled: cancelled: a person cancelled it']);
  });

  it('A14: is left out when the store is away while the step is cancelled, which still ends as cancelled', async () => {
    const { run, store } = await recording(async () => {
      vi.spyOn(store, 'together').mockRejectedValue(new Error('the store is away'));
      throw new CancelledFailure('a person cancelled it');
    });
    await expect(run()).rejects.toBeInstanceOf(CancelledFailure);
  });

  it('is nothing when the step is of another kind', async () => {
    const { run, events } = await recording(async () => stepResult());
    const step = { id: 'write', kind: 'render', template: 'x', pdf: false, needs: [], onFailure: 'fail' };
    await expect(run(1, { step })).rejects.toMatchObject({ nonRetryable: true });
    expect(await events()).toEqual([]);
  });
});

describe('what is recorded of a job', () => {
  it('A12: is its end, with what became of each step and delivery; a repeat changes and records nothing', async () => {
    const { store, events } = await recording(async () => stepResult());
    const reason = { type: 'cancelled' as const, message: 'a person cancelled it' };
    const delivery = { id: 'email_1', state: 'skipped' as const, reason };
    const close = { job, outcome: 'cancelled' as const, reason, transitions: [cancelled], deliveries: [delivery] };
    const { closeJob } = createJobRecords(store);
    await closeJob(close);
    const reported = await events();
    expect(reported).toEqual([
      'step.cancelled: cancelled: a person cancelled it',
      'delivery.skipped: email_1: skipped: a person cancelled it',
      'job.ended: cancelled: a person cancelled it',
    ]);
    await closeJob({ ...close, outcome: 'failed' });
    expect(await events()).toEqual(reported);
    expect(await store.jobViews.find(job.id)).toMatchObject({
      state: 'ended',
      outcome: 'cancelled',
      reason,
      steps: [{ state: 'cancelled' }],
      deliveries: [{ state: 'skipped', reason }],
    });
  });

  it('A12: is its beginning, with one event however often it is recorded', async () => {
    const store = await temporaryStore();
    const { openJob } = createJobRecords(store);
    const begin = { job, form: {}, definition: leadMagnet({ steps: [aiStep('write')] }) };
    await openJob(begin);
    await openJob(begin);
    expect((await store.events.after(job.id, 0, 10)).map(({ type }) => type)).toEqual(['job.started']);
    expect(await store.jobViews.find(job.id)).toMatchObject({ state: 'running' });
  });

  it('is when a scheduled delivery is due, by the time zone of its schedule', async () => {
    const { store } = await recording(async () => stepResult());
    const { planDelivery } = createJobRecords(store);
    const schedule = { cron: '0 9 * * *', timezone: 'Europe/Berlin' };
    const plan = { job, deliveryId: 'email_1', schedule, now: '2026-06-01T06:00:00.000Z' };
    expect(await planDelivery(plan)).toEqual({ waitSeconds: 3600 });
    const view = await store.jobViews.find(job.id);
    expect(view?.deliveries[0]).toMatchObject({ state: 'scheduled', scheduledFor: '2026-06-01T07:00:00.000Z' });
    const never = { ...plan, schedule: { cron: 'never', timezone: 'Europe/Berlin' } };
    await expect(planDelivery(never)).rejects.toMatchObject({ type: 'step_definition', nonRetryable: true });
  });
});
