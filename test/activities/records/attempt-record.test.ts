/** When an attempt's writes reach the store: together at its end, and soon where the end does not come soon. */
import { CancelledFailure } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { recordedStep } from '../../../activities/records/recorded.ts';
import type { Store } from '../../../store/store.ts';
import { activityPlace, job, stepInput, storeWithJob } from '../../support/jobs/activity-inputs.ts';
import { aiStep } from '../../support/definitions.ts';
import { stepResult } from '../../support/workflows/fake-activities.ts';

const costs = { modelCalls: 1, inputTokens: 10, cachedInputTokens: 0, outputTokens: 1, costUsd: 0.01 };
const paid = { responseId: 'r1', key: 'k', jobId: job.id, stepId: 'write', model: 'm', usage: costs };
const done = { key: 'k', jobId: job.id, kind: 'model_call', state: 'done' as const, data: {} };

async function world() {
  const { store, definition } = await storeWithJob({ steps: [aiStep('write')] });
  return {
    store,
    input: stepInput(definition),
    step: async () => (await store.jobViews.find(job.id))?.steps[0],
    events: async () => (await store.events.after(job.id, 0, 100)).map(({ type }) => type),
  };
}

describe('the record of an attempt', () => {
  it('shows a step as running, with what it has cost, while it still works', async () => {
    const { store, input, step, events } = await world();
    const released = Promise.withResolvers<void>();
    const run = recordedStep(store, 'ai', async (_input, { later }) => {
      later((parts) => parts.ledger.settle(done, paid));
      await released.promise;
      return stepResult();
    });
    const running = activityPlace().run(run, input);
    await expect.poll(step).toMatchObject({ state: 'running', usage: { costUsd: 0.01 } });
    expect(await events()).toEqual(['step.started']);
    released.resolve();
    await running;
    expect(await events()).toEqual(['step.started', 'step.succeeded']);
    expect(await step()).toMatchObject({ state: 'succeeded', attempts: 1, usage: { costUsd: 0.01 } });
  });

  it('begins when the attempt did, also when both its beginning and its end are written at the end', async () => {
    const { store, input, step } = await world();
    const before = Date.now();
    const run = recordedStep(store, 'ai', async () => {
      const began = Date.now();
      await expect.poll(() => Date.now()).toBeGreaterThan(began + 20);
      return stepResult();
    });
    await activityPlace().run(run, input);
    const { startedAt, endedAt, durationMilliseconds } = (await step()) ?? {};
    expect(Date.parse(startedAt ?? '')).toBeGreaterThanOrEqual(before);
    expect(Date.parse(endedAt ?? '')).toBeLessThanOrEqual(Date.now());
    expect(durationMilliseconds).toBeGreaterThanOrEqual(20);
  });

  it.each([
    ['is cancelled', new CancelledFailure('stop'), ['step.started']],
    ['fails', new Error('down'), ['step.started', 'step.attempt_failed']],
  ])('is written when the attempt %s: what was paid is paid', async (_how, error, told) => {
    const { store, input, step, events } = await world();
    const run = recordedStep(store, 'ai', async (_input, { later }) => {
      later((parts) => parts.ledger.settle(done, paid));
      throw error;
    });
    await expect(activityPlace().run(run, input)).rejects.toBe(error);
    expect(await events()).toEqual(told);
    expect(await step()).toMatchObject({ state: 'running', attempts: 1, usage: { costUsd: 0.01 } });
    expect(await store.ledger.find('k')).toMatchObject({ state: 'done' });
  });

  it('is written as a whole or not at all, and by the next write when one has failed', async () => {
    const { store, input, step, events } = await world();
    const failing = failingOnce(store);
    const run = recordedStep(failing.store, 'ai', async (_input, { later, flush }) => {
      later((parts) => parts.ledger.settle(done, paid));
      await expect(flush()).rejects.toThrow('disk full');
      expect([await events(), await store.ledger.find('k')]).toEqual([[], null]);
      return stepResult();
    });
    await activityPlace().run(run, input);
    expect(await events()).toEqual(['step.started', 'step.succeeded']);
    expect(await step()).toMatchObject({ state: 'succeeded', usage: { costUsd: 0.01 } });
  });

  it('changes nothing of a step that a later attempt has taken over', async () => {
    const { store, input, step, events } = await world();
    const left = recordedStep(store, 'ai', async () => {
      await activityPlace({ attempt: 2 }).run(
        recordedStep(store, 'ai', async () => stepResult()),
        input,
      );
      return stepResult({ state: 'failed', reason: { type: 'budget', message: 'too late' } });
    });
    await activityPlace({ attempt: 1 }).run(left, input);
    expect(await step()).toMatchObject({ state: 'succeeded', attempts: 2, reason: null });
    expect(await events()).toEqual(['step.resumed', 'step.succeeded']);
  });
});

/** A store whose first joint write is rolled back when all of it is done. */
function failingOnce(store: Store): { readonly store: Store } {
  let left = 1;
  const together: Store['together'] = (jobId, work) =>
    store.together(jobId, async (parts) => {
      const result = await work(parts);
      left -= 1;
      if (left === 0) throw new Error('disk full');
      return result;
    });
  return { store: { ...store, together } };
}
