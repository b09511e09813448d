/** The states of deliveries in a real store: which change wins when several arrive. */
import { expect, it } from 'vitest';
import type { DeliveryChange } from '../../../store/deliveries/deliveries.ts';
import { aiStep, leadMagnet } from '../../support/definitions.ts';
import { temporaryStore } from '../../support/temporary-store.ts';

const at = '2026-01-01T00:00:00.000Z';
const definition = leadMagnet({
  steps: [aiStep('write')],
  deliver: [{ kind: 'email', to: 'ann@example.com', subject: 's' }],
});
const place = { jobId: 'j', deliveryId: 'email_1', number: 0, at } as const;
const failed = { state: 'failed', reason: { type: 'receiver_refused', message: 'no' } } as const;

async function withDelivery() {
  const store = await temporaryStore();
  const input = { tenant: 'a', version: 1, definition, form: {}, submittedAt: at, jobUrl: null };
  await store.jobs.open('j', input, new Date(at));
  const write = (change: Pick<DeliveryChange, 'state'> & Partial<DeliveryChange>) =>
    store.deliveries.change({ ...place, ...change });
  return { write, state: async () => (await store.jobViews.find('j'))?.deliveries[0]?.state };
}

it('an attempt that was taken for dead, but lives, does not take back how the delivery ended', async () => {
  const { write, state } = await withDelivery();
  await write({ state: 'sending', attempts: 1 });
  await write({ state: 'sending', attempts: 2 });
  await write({ ...failed, attempts: 2 });
  for (const late of ['sending', 'retrying'] as const) {
    await write({ state: late, attempts: 1, lastError: 'late' });
    expect(await state()).toBe('failed');
  }
});

it('an older attempt says nothing beside a newer one, but that it arrived', async () => {
  const { write, state } = await withDelivery();
  await write({ state: 'retrying', attempts: 2 });
  await write({ ...failed, attempts: 1 });
  expect(await state()).toBe('retrying');
  await write({ state: 'delivered', attempts: 1, reason: null });
  expect(await state()).toBe('delivered');
});
