import { expect, it } from 'vitest';
import { smallForm, aiStep, leadMagnet } from '../support/definitions.ts';
import { runningBatch } from '../support/batches/batches.ts';
import { temporaryStore } from '../support/temporary-store.ts';

const now = new Date('2026-01-01T00:00:00.000Z');

function jobInput() {
  const definition = leadMagnet({ form: smallForm, steps: [aiStep('write')] });
  return { tenant: 'default', version: 1, definition, form: {}, submittedAt: now.toISOString(), jobUrl: null };
}

it('a tenant sees nothing of another one, and changes nothing of it', async () => {
  const { stores, ...ours } = await temporaryStore();
  const theirs = stores.forTenant('theirs');
  await ours.jobs.accept('j', jobInput(), 'hash');
  await ours.events.append({ jobId: 'j', type: 'job.accepted', message: 'accepted' });
  await ours.ledger.write({ key: 'j/write', jobId: 'j', kind: 'model_call', state: 'done', data: {} });
  await runningBatch(ours, 'b', 3);

  expect(await theirs.jobViews.find('j')).toBeNull();
  expect(await theirs.jobViews.list({ limit: 10 })).toEqual([]);
  expect(await theirs.events.after('j', 0, 10)).toEqual([]);
  expect(await theirs.ledger.find('j/write')).toBeNull();
  expect(await theirs.batches.list({ limit: 10 })).toEqual([]);
  expect(await theirs.batchItems.page('b', { after: null, limit: 10 })).toEqual([]);

  await theirs.jobs.close('j', 'cancelled', null, now);
  await theirs.ledger.write({ key: 'j/write', jobId: 'j', kind: 'model_call', state: 'failed', data: {} });
  expect(await theirs.batches.remove('b')).toBe(false);
  expect(await ours.jobViews.find('j')).toMatchObject({ state: 'accepted', tenant: 'default' });
  expect(await ours.ledger.find('j/write')).toMatchObject({ state: 'done' });
  expect(await ours.batchItems.size('b')).toMatchObject({ items: 3 });
});

it("a key of the ledger that is another tenant's cannot be claimed, begun or read", async () => {
  const { stores, ...ours } = await temporaryStore();
  const theirs = stores.forTenant('theirs');
  const row = { key: 'j/write', jobId: 'j', kind: 'model_call', data: {} };
  expect(await ours.ledger.claim(row)).toBeNull();
  await expect(theirs.ledger.claim(row)).rejects.toThrow('the key j/write of the ledger belongs to another tenant');
  // Also one that ours may claim again.
  await ours.ledger.write({ ...row, state: 'failed' });
  await expect(theirs.ledger.claim(row)).rejects.toThrow('belongs to another tenant');
  expect(await theirs.ledger.begin(row)).toBe(false);
  expect(await ours.ledger.find('j/write')).toMatchObject({ state: 'failed' });
  expect(await ours.ledger.claim(row)).toBeNull();
});

it('what works across tenants says whose each thing is', async () => {
  const { stores, acrossTenants, ...ours } = await temporaryStore();
  const theirs = stores.forTenant('theirs');
  await ours.jobs.accept('j1', jobInput(), 'hash');
  await theirs.jobs.accept('j2', { ...jobInput(), tenant: 'theirs' }, 'hash');
  await runningBatch(theirs, 'b', 1);
  const waiting = await acrossTenants.jobsNotHandedOver(new Date(now.getTime() + 1), 10);
  expect(Object.fromEntries(waiting.map(({ jobId, input }) => [jobId, input.tenant]))).toEqual({
    j1: 'default',
    j2: 'theirs',
  });
  expect(await acrossTenants.batchesIn(['running'])).toEqual([{ tenant: 'theirs', id: 'b' }]);
  expect([await acrossTenants.tenantOfJob('j2'), await acrossTenants.tenantOfBatch('b')]).toEqual(['theirs', 'theirs']);
  expect([await acrossTenants.tenantOfJob('b'), await acrossTenants.tenantOfBatch('j1')]).toEqual([null, null]);
});
