/** What becomes of deliveries, in a real store: which word counts when several come. */
import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { DeliveryChange } from '../../../store/deliveries/deliveries.ts';
import { openStore } from '../../../store/store.ts';
import { aiStep, leadMagnet } from '../../support/definitions.ts';
import { temporaryFolder, temporaryStore } from '../../support/temporary-store.ts';

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

it('a delivery from before its changes were kept has the time when it was delivered, or when its job ended', async () => {
  const folder = await temporaryFolder();
  const old = new DatabaseSync(join(folder, 'lodestone.db'));
  old.exec(`create table jobs (id text not null primary key, tenant text not null, slug text not null,
      name text not null, lead_magnet_version integer not null, state text not null, outcome text, reason text,
      input text not null, input_hash text not null, handed_over integer not null, submitted_at text not null,
      started_at text, ended_at text, version integer not null);
    insert into jobs values ('j', 'a', 'test', 'Test', 1, 'ended', 'completed', null, '{}', '', 1, '2026-01-01T00:00:00.000Z',
      null, '2026-01-01T00:05:00.000Z', 1);
    create table deliveries (job_id text not null, delivery_id text not null, position integer not null,
      kind text not null, state text not null, attempts integer not null, target text, reason text, scheduled_for text,
      delivered_at text, primary key (job_id, delivery_id));
    insert into deliveries values ('j', 'email_1', 0, 'email', 'delivered', 1, 'a@example.com', null, null,
      '2026-01-01T00:04:00.000Z');
    insert into deliveries values ('j', 'email_2', 1, 'email', 'failed', 1, 'b@example.com', null, null, null);`);
  old.close();
  const store = await openStore({ dataFolder: folder });
  const { deliveries } = await store.deliveryViews.list({ tenant: 'a', since: '2026-01-01T00:04:00Z', limit: 10 });
  expect(deliveries.map(({ id, changedAt, resendable }) => [id, changedAt, resendable])).toEqual([
    ['email_2', '2026-01-01T00:05:00.000Z', false],
    ['email_1', '2026-01-01T00:04:00.000Z', false],
  ]);
  await store.close();
});
