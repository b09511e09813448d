/** Content that rows name, and that nobody may have any more: the sweep finds it by its hash. */
import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { noUsage } from '../../../workflows/contract/usage.ts';
import { runningBatch } from '../../support/batches/batches.ts';
import type { TestStore } from '../../support/temporary-store.ts';
import { after, world } from './content-world.ts';

const expiry = { days: 30, limit: 10 };

it('removes the files of a submission that was never accepted, after a day', async () => {
  const { store, put, sweep, has } = await world();
  const before = await put('<svg>1</svg>', 'form.logo.logo.svg', 'never');
  const upload = await put('<svg>2</svg>', 'form.logo.logo.svg', 'never');
  const file = await put('of a job', 'report.txt', 'kept');
  const all = [before, upload, file];
  await sweep(after(0.5));
  expect(await Promise.all(all.map(has))).toEqual([true, true, true]);
  expect(await sweep(after(2))).toMatchObject({ contents: 2, missing: [] });
  expect(await Promise.all(all.map(has))).toEqual([false, false, true]);
  expect(await store.artifacts.find('never', 'form.logo.logo.svg')).toBeNull();
});

it('removes what was added to a job after its files had been removed, and says so', async () => {
  const { store, put, sweep, has, endedJob } = await world();
  await endedJob('old');
  await put('in time', 'first.txt', 'old');
  await store.acrossTenants.contentSweep.expireJobs({ ...expiry, now: after(30) });
  const replaced = await put('late', 'late.txt', 'old');
  const late = await put('later', 'late.txt', 'old');
  const state = (await store.artifacts.putContent(Buffer.from('a browser state'))).sha256;
  await store.ledger.writeCheckpoint({ key: 'k', jobId: 'old', attempt: 1, data: {}, contentSha256: state });
  const other = await put('of another job', 'other.txt', 'running');
  expect(await store.acrossTenants.contentSweep.expireJobs({ ...expiry, now: after(31) })).toMatchObject({ owners: 0 });
  expect(await sweep(after(31))).toMatchObject({ contents: 3, missing: [] });
  expect(await Promise.all([replaced, late, state, other].map(has))).toEqual([false, false, false, true]);
  expect(await store.artifacts.findKeptOrRemoved('old', 'late.txt')).toMatchObject({ removedAfterDays: 30 });
  const [told] = await store.events.newest('old', 1);
  expect(told).toMatchObject({
    type: 'job.files_removed',
    message: '1 file was removed: added after the other files of the job had been removed',
  });
  const version = await store.jobViews.version('old');
  expect(await sweep(after(32))).toMatchObject({ contents: 0, missing: [] });
  expect(await store.jobViews.version('old')).toBe(version);
});

it('removes the answer of a lost call that came after the outputs of its batch had been removed', async () => {
  const { store, sweep, has } = await world();
  const orphan = await lostCall(store);
  await store.batches.close('b', { outcome: 'completed', reason: null, continuations: 0, now: new Date() });
  await store.acrossTenants.contentSweep.expireBatches({ ...expiry, now: after(30) });
  const output = 'y'.repeat(40_000);
  await store.lateAnswers.record(orphan, { output, reason: null, usage: noUsage, now: after(30).getTime() });
  const sha256 = createHash('sha256').update(JSON.stringify(output)).digest('hex');
  expect(await has(sha256)).toBe(true);
  await sweep(after(32));
  expect(await has(sha256)).toBe(false);
  const [item] = await store.batchItems.page('b', { after: null, limit: 1 });
  expect(item).toMatchObject({ status: 'succeeded', output: null, outputRemovedAfterDays: 30 });
});

/** The only item of the batch `b`, whose call may have been paid. */
async function lostCall(store: TestStore) {
  await runningBatch(store, 'b', 1);
  const { key } = await store.batchPartitions.begin({ batchId: 'b', partition: 0, partitions: 1 });
  await store.batchPartitions.take(key, 1_000_000, 1);
  const limiter = { key: 'test/model', tokens: 10 };
  await store.batchPartitions.admit(key, { position: 0, worstNano: 10_000_000, limiter, now: after(0).getTime() });
  await store.batchPartitions.submitted(key, 0, 'resp_lost');
  const reason = { type: 'effect_uncertain', message: 'it may have been paid' } as const;
  const end = {
    position: 0,
    status: 'uncertain',
    reason,
    output: null,
    usage: null,
    uncertain: true,
    model: 'gpt-5.5',
  } as const;
  await store.batchPartitions.end(key, { ...end, now: after(0).getTime() });
  const [orphan] = await store.acrossTenants.batchHealth.orphans(0, 10);
  if (orphan === undefined) throw new Error('no call was lost');
  return orphan;
}
