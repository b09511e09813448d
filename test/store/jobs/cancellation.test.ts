/** A job is cancelled without its workflow, at the same time as its workflow begins. */
import { expect, it } from 'vitest';
import { aiStep, jobInput } from '../../support/definitions.ts';
import type { TestStore } from '../../support/temporary-store.ts';
import { twoProcesses } from '../../support/store/two-processes.ts';

const now = new Date('2026-01-01T00:00:00.000Z');
const deliver = [{ kind: 'email', to: 'ann@example.com', subject: 's' }];
const input = jobInput({ steps: [aiStep('first'), aiStep('second', { needs: ['first'] })], deliver });
const waiting = { from: ['accepted'], message: 'cancelled before it began', now } as const;
const lost = { from: ['running', 'delivering'], message: 'it was lost', now } as const;

const eventTypes = async (store: TestStore, jobId: string): Promise<readonly string[]> =>
  (await store.events.after(jobId, 0, 100)).map(({ type }) => type);

const cancelled = {
  end: { outcome: 'cancelled', reason: { type: 'cancelled', message: waiting.message } },
  types: ['job.cancel_requested', 'step.cancelled', 'step.cancelled', 'delivery.skipped', 'job.ended'],
};
const running = { end: undefined, types: ['job.started'] };

it('a job is either cancelled before it began, or it runs: never both', async () => {
  const [api, worker] = await twoProcesses();
  for (let round = 0; round < 20; round += 1) {
    const jobId = `j${round}`;
    await api.jobs.accept(jobId, input, 'hash');
    const started = { type: 'job.started', message: 'started' };
    const opening = () => worker.jobs.open(jobId, input, now, started);
    const cancelling = () => api.jobs.cancel(jobId, waiting);
    const [isCancelled, end] =
      round % 2 === 0
        ? await Promise.all([cancelling(), opening()])
        : await Promise.all([opening(), cancelling()]).then(([opened, cancelled]) => [cancelled, opened] as const);
    const observed = { end, types: await eventTypes(api, jobId) };
    expect(observed).toEqual(isCancelled ? cancelled : running);
  }
});

it('a job that is cancelled before it began ends with its steps, its deliveries and its events at once', async () => {
  const [store, other] = await twoProcesses();
  await store.jobs.accept('j', input, 'hash');
  const results = await Promise.all([store.jobs.cancel('j', waiting), other.jobs.cancel('j', waiting)]);
  expect(results.filter((isCancelled) => isCancelled)).toHaveLength(1);
  expect(await store.jobViews.find('j')).toMatchObject({
    state: 'ended',
    outcome: 'cancelled',
    reason: { type: 'cancelled' },
    steps: [{ state: 'cancelled' }, { state: 'cancelled' }],
    deliveries: [{ state: 'skipped' }],
  });
  expect(await eventTypes(store, 'j')).toEqual(cancelled.types);
  expect(await store.acrossTenants.jobsNotHandedOver(new Date(), 10)).toEqual([]);
  await store.jobs.recordCancelRequest('j');
  await store.jobs.close('j', 'completed', null, now, { type: 'job.ended', message: 'completed' });
  expect((await eventTypes(store, 'j')).at(-1)).toBe('job.ended');
  expect((await eventTypes(store, 'j')).filter((type) => type === 'job.ended')).toHaveLength(1);
});

it('a lost job that was sending its result says that the message may have arrived', async () => {
  const [store] = await twoProcesses();
  await store.jobs.open('j', input, now);
  const deliveryId = (await store.jobViews.find('j'))?.deliveries[0]?.id ?? '';
  await store.jobs.decide('j', 'completed', null);
  const at = now.toISOString();
  await store.deliveries.change({ jobId: 'j', deliveryId, number: 0, state: 'sending', attempts: 1, at });
  expect(await store.jobs.cancel('j', waiting)).toBe(false);
  expect(await store.jobs.cancel('j', lost)).toBe(true);
  expect((await store.jobViews.find('j'))?.deliveries).toMatchObject([
    { state: 'uncertain', reason: { type: 'effect_uncertain' } },
  ]);
});
