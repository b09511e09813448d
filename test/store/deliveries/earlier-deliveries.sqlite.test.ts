/** Deliveries in a database of a release that did not note when they changed. */
import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openTemporary, temporaryFolder } from '../../support/temporary-store.ts';

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
  const store = (await openTemporary({ dataFolder: folder })).stores.forTenant('a');
  const { deliveries } = await store.deliveryViews.list({ since: '2026-01-01T00:04:00Z', limit: 10 });
  expect(deliveries.map(({ id, changedAt, resendable }) => [id, changedAt, resendable])).toEqual([
    ['email_2', '2026-01-01T00:05:00.000Z', false],
    ['email_1', '2026-01-01T00:04:00.000Z', false],
  ]);
});
