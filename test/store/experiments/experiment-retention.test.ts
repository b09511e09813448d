/** What is kept of experiments on the disk, and for how long. */
import { expect, test } from 'vitest';
import type { ExperimentEnd } from '../../../workflows/contract/experiments/experiment.ts';
import { experimentLimits } from '../../../workflows/contract/experiments/limits.ts';
import { ExperimentSpecSchema } from '../../../workflows/contract/experiments/spec.ts';
import { defaultTenant } from '../../../workflows/contract/names.ts';
import { temporaryStore } from '../../support/temporary-store.ts';

const day = 24 * 3_600_000;
/** In so many days, and a while after what the test puts. */
const after = (days: number): Date => new Date(Date.now() + days * day + 3_600_000);
const generated = { kind: 'generated', pattern: 'text', width: 16, height: 16, frames: 1, framesPerSecond: 1, seed: 1 };

async function world() {
  const { stores, ...store } = await temporaryStore();
  const { artifacts, experiments } = store;
  const put = (text: string) => artifacts.putContent(Buffer.from(text));
  const has = async ({ sha256 }: { readonly sha256: string }) => (await artifacts.headContent(sha256)) !== null;
  const accept = (id: string, video: object = generated) => {
    const spec = ExperimentSpecSchema.parse({ video, code: 'pass' });
    return experiments.accept({ id, spec, specHash: id, limits: experimentLimits({}), now: new Date() });
  };
  const endRound = async (experimentId: string, code: string, round = 1) => {
    const content = await put(code);
    const state: ExperimentEnd = 'failed';
    const rest = { state, note: null, failure: null, encoded: null, decoded: null, score: null };
    await experiments.endRound({ experimentId, tenant: defaultTenant, round, code: content, ...rest }, new Date());
    return content;
  };
  const end = (experimentId: string, at = new Date()) =>
    experiments.end({ experimentId, tenant: defaultTenant, failure: null }, at);
  return { ...store, sweep: stores.acrossTenants.contentSweep, put, has, accept, endRound, end };
}

test('C13: the files of experiments that ended long enough ago are removed, and their rows say so', async () => {
  const { accept, endRound, end, sweep, has, experimentViews } = await world();
  for (const id of ['old', 'running']) await accept(id);
  const files = [await endRound('old', 'old code'), await endRound('running', 'new code')];
  await end('old');
  expect(await sweep.expireExperiments({ days: 30, now: after(29), limit: 10 })).toMatchObject({ owners: 0 });
  expect(await sweep.expireExperiments({ days: 30, now: after(30), limit: 10 })).toEqual({
    owners: 1,
    contents: 1,
    bytes: 8,
  });
  expect(await Promise.all(files.map(has))).toEqual([false, true]);
  expect(await experimentViews.file('old', 1, 'code.py')).toMatchObject({ removedAfterDays: 30 });
  expect(await sweep.experimentBytes()).toBe(8);
});

test('C13: for the disk budget the files of those that ended first go first, and content that others need stays', async () => {
  const { accept, endRound, end, sweep, has, experiments, experimentViews } = await world();
  for (const id of ['second', 'first', 'running']) await accept(id);
  const first = await endRound('first', 'of the first');
  const shared = await endRound('second', 'of both');
  await endRound('running', 'of both');
  // Of what is in flight, nothing is gained by removing files.
  await experiments.hold('running', 2, 'decoded', { sha256: 'd'.repeat(64), bytes: 1_000 });
  await end('first', new Date(Date.now() - 2 * day));
  await end('second', new Date(Date.now() - day));
  expect(await sweep.experimentBytes()).toBe(19);
  const request = { days: 0, now: after(0), limit: 1 };
  expect(await sweep.expireExperiments(request)).toMatchObject({ owners: 1, bytes: 12 });
  expect(await has(first)).toBe(false);
  expect(await experimentViews.file('first', 1, 'code.py')).toMatchObject({ removedAfterDays: 0 });
  expect(await sweep.expireExperiments(request)).toMatchObject({ owners: 1, bytes: 0 });
  expect(await has(shared)).toBe(true);
  await end('running');
  expect(await sweep.expireExperiments({ ...request, now: new Date() })).toMatchObject({ owners: 0 });
});

test('content in flight is kept for as long as its round runs, and is removed soon after', async () => {
  const { accept, endRound, end, sweep, has, put, experiments } = await world();
  await accept('e');
  const [frames, first, second] = [await put('frames'), await put('decoded 1'), await put('decoded 2')];
  await experiments.hold('e', 0, 'frames', frames);
  await experiments.hold('e', 1, 'decoded', first);
  const held = () => Promise.all([frames, first, second].map(has));
  await sweep.releaseExperiments(after(9));
  expect(await held()).toEqual([true, true, true]);
  await endRound('e', 'code');
  await experiments.begin('e', { phase: 'decode', round: 2 }, new Date());
  await experiments.hold('e', 2, 'decoded', second);
  expect(await sweep.releaseExperiments(new Date())).toMatchObject({ contents: 0 });
  expect(await sweep.releaseExperiments(after(0))).toMatchObject({ contents: 1 });
  expect(await held()).toEqual([true, false, true]);
  await end('e');
  expect(await sweep.releaseExperiments(after(0))).toMatchObject({ contents: 2 });
});

test('an upload is kept for a day, and for as long as an experiment with files uses it', async () => {
  const { accept, end, sweep, has, put, videoUploads } = await world();
  const [used, unused] = [await put('used'), await put('unused')];
  for (const upload of [used, unused]) await videoUploads.put({ ...upload, format: 'y4m' }, new Date());
  await accept('e', { kind: 'stored', format: 'y4m', sha256: used.sha256 });
  const kept = () => Promise.all([used, unused].map(has));
  await sweep.releaseExperiments(after(0));
  expect(await kept()).toEqual([true, true]);
  await sweep.releaseExperiments(after(1));
  expect(await kept()).toEqual([true, false]);
  expect(await videoUploads.formatsOf(unused.sha256)).toEqual([]);
  await end('e');
  await sweep.expireExperiments({ days: 0, now: after(1), limit: 1 });
  await sweep.releaseExperiments(after(2));
  expect(await kept()).toEqual([false, false]);
});
