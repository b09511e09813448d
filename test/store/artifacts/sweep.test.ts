/** What the sweep of content and the retention remove, and what they keep. */
import { describe, expect, it } from 'vitest';
import { stepBatchId } from '../../../workflows/contract/names.ts';
import { endJob } from '../../client/api/harness.ts';
import { aiStep, jobInput } from '../../support/definitions.ts';
import { after, largeOutput, world } from './content-world.ts';

describe('the sweep of content', () => {
  it('removes what no row names, after a day, and keeps all that one names', async () => {
    const { store, put, sweep, has } = await world();
    const orphan = (await store.artifacts.putContent(Buffer.from('orphan'))).sha256;
    const file = await put('a file');
    const state = (await store.artifacts.putContent(Buffer.from('state'))).sha256;
    const checkpoint = { key: 'k', jobId: 'kept', attempt: 1, data: {} };
    await store.ledger.writeCheckpoint({ ...checkpoint, contentSha256: state });
    expect(await sweep(after(0))).toMatchObject({ contents: 0, missing: [] });
    expect(await sweep(after(2))).toMatchObject({ contents: 1, bytes: 6, missing: [] });
    expect(await Promise.all([orphan, file, state].map(has))).toEqual([false, true, true]);
    await store.ledger.writeCheckpoint({ ...checkpoint, contentSha256: null });
    expect(await sweep(after(2))).toMatchObject({ contents: 1, missing: [] });
    expect(await Promise.all([file, state].map(has))).toEqual([true, false]);
  });

  it('keeps what a name stood for before: a turn or a running workflow may have its hash', async () => {
    const { put, sweep, has } = await world();
    const before = await put('before');
    const now = await put('now');
    await sweep(after(2));
    expect(await Promise.all([before, now].map(has))).toEqual([true, true]);
  });

  it('reports files whose content is missing, and removes nothing for it', async () => {
    const { store, put, sweep, remove } = await world();
    const gone = await put('gone');
    await put('there', 'b.txt');
    await remove(gone);
    expect((await sweep(after(2))).missing).toEqual([gone]);
    expect(await store.artifacts.find('kept', 'a.txt')).toMatchObject({ sha256: gone });
  });

  it('keeps the large outputs of batches, which stand in no other row', async () => {
    const { store, sweep, has } = await world();
    const sha256 = await largeOutput(store);
    await sweep(after(2));
    expect(await has(sha256)).toBe(true);
  });
});

describe('retention', () => {
  const expiry = { days: 30, limit: 10 };

  it('removes the files of jobs that ended long enough ago, and says so in their rows', async () => {
    const { store, put, has, endedJob } = await world();
    await endedJob('old');
    const [own, shared] = [await put('own', 'own.txt', 'old'), await put('shared', 'shared.txt', 'old')];
    await put('shared', 'other.txt', 'running');
    expect(await store.acrossTenants.contentSweep.expireJobs({ ...expiry, now: after(29) })).toMatchObject({
      owners: 0,
    });
    expect(await store.acrossTenants.contentSweep.expireJobs({ ...expiry, now: after(30) })).toEqual({
      owners: 1,
      contents: 1,
      bytes: 3,
    });
    expect(await Promise.all([own, shared].map(has))).toEqual([false, true]);
    expect(await store.artifacts.findKeptOrRemoved('old', 'own.txt')).toMatchObject({ removedAfterDays: 30 });
    expect(await store.artifacts.findKeptOrRemoved('running', 'other.txt')).toMatchObject({ removedAfterDays: null });
    const job = await store.jobViews.find('old');
    expect(job?.artifacts.map(({ removedAfterDays }) => removedAfterDays)).toEqual([30, 30]);
    const [told] = await store.events.newest('old', 1);
    expect(told).toMatchObject({
      type: 'job.files_removed',
      message: '2 files were removed: the job ended 30 days ago',
    });
    expect(await store.acrossTenants.contentSweep.expireJobs({ ...expiry, now: after(31) })).toMatchObject({
      owners: 0,
    });
  });

  it('forgets what deliveries were sent with, so that none is sent again', async () => {
    const { store, endedJob } = await world();
    await endedJob('old');
    const [delivery] = (await store.jobViews.find('old'))?.deliveries ?? [];
    expect(delivery?.resendable).toBe(true);
    await store.acrossTenants.contentSweep.expireJobs({ ...expiry, now: after(30) });
    const wish = { jobId: 'old', deliveryId: delivery?.id ?? '', number: null, by: 'ada', at: after(30) };
    expect(await store.deliveries.askAgain(wish)).toEqual({ as: 'removed', afterDays: 30 });
    expect((await store.jobViews.find('old'))?.deliveries[0]?.resendable).toBe(false);
  });

  it('waits for a delivery that is under way', async () => {
    const { store, endedJob } = await world();
    await endedJob('old');
    const [delivery] = (await store.jobViews.find('old'))?.deliveries ?? [];
    const wish = { jobId: 'old', deliveryId: delivery?.id ?? '', number: null, by: 'ada', at: new Date() };
    expect(await store.deliveries.askAgain(wish)).toMatchObject({ as: 'taken' });
    expect(await store.acrossTenants.contentSweep.expireJobs({ ...expiry, now: after(30) })).toMatchObject({
      owners: 0,
    });
  });

  it('touches no job that has not ended', async () => {
    const { store, put, has, endedJob } = await world();
    await endedJob('old');
    const file = await put('of a running job', 'a.txt', 'running');
    await store.acrossTenants.contentSweep.expireJobs({ ...expiry, now: after(400) });
    expect(await has(file)).toBe(true);
  });

  it('removes the large outputs of ended batches, as each item says', async () => {
    const { store, sweep, has } = await world();
    const sha256 = await largeOutput(store);
    const request = { ...expiry, now: after(30) };
    expect(await store.acrossTenants.contentSweep.expireBatches(request)).toMatchObject({ owners: 0 });
    await store.batches.close('b', { outcome: 'completed', reason: null, continuations: 0, now: new Date() });
    expect(await store.acrossTenants.contentSweep.expireBatches(request)).toMatchObject({ owners: 1, contents: 1 });
    expect((await sweep(after(30))).missing).toEqual([]);
    expect(await has(sha256)).toBe(false);
    const [item] = await store.batchItems.page('b', { after: null, limit: 1 });
    expect(item).toMatchObject({ status: 'succeeded', output: null, outputRemovedAfterDays: 30 });
  });

  it("keeps the outputs of a step's batch until its job has ended, which has to collect them", async () => {
    const { store } = await world();
    const id = stepBatchId('job_1', 'rows', 1);
    await largeOutput(store, id);
    await store.batches.close(id, { outcome: 'completed', reason: null, continuations: 0, now: new Date() });
    await store.jobs.open('job_1', jobInput({ steps: [aiStep('look')] }), new Date());
    const request = { ...expiry, now: after(30) };
    expect(await store.acrossTenants.contentSweep.expireBatches(request)).toMatchObject({ owners: 0 });
    await endJob(store, 'job_1');
    expect(await store.acrossTenants.contentSweep.expireBatches(request)).toMatchObject({ owners: 1, contents: 1 });
  });

  it("keeps no outputs of a step's batch for a running job whose id is only like that of its job", async () => {
    const { store } = await world();
    const id = stepBatchId('job.1', 'rows', 1);
    await largeOutput(store, id);
    await store.batches.close(id, { outcome: 'completed', reason: null, continuations: 0, now: new Date() });
    await store.jobs.open('job_1', jobInput({ steps: [aiStep('look')] }), new Date());
    const request = { ...expiry, now: after(30) };
    expect(await store.acrossTenants.contentSweep.expireBatches(request)).toMatchObject({ owners: 1, contents: 1 });
  });
});
