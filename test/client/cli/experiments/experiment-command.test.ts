/** `lodestone experiments` as scripts use it: a real process, its exit codes, files sent and downloaded. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { extract } from 'tar-stream';
import { ExperimentViewSchema } from '../../../../workflows/contract/experiments/view.ts';
import type { FakeExperiments } from '../../api/fake-temporal.ts';
import type { Api } from '../../api/harness.ts';
import { runCommand, servedFolder } from '../harness.ts';

async function served() {
  const api = await servedFolder();
  const codec = join(api.folder, 'codec.py');
  await writeFile(codec, 'def encode(frames, info): ...');
  return { ...api, codec, run: (...args: string[]) => runCommand(api.url, 'experiments', ...args) };
}

/** Does what a worker would: one round, and the end. */
function endsAtOnce({ store, experiments }: Pick<Api, 'store'> & { readonly experiments: FakeExperiments }): void {
  const start = experiments.start.bind(experiments);
  experiments.start = async (experiment) => {
    await start(experiment);
    const { id: experimentId, tenant } = experiment;
    const content = await store.artifacts.putContent(Buffer.from(experiment.spec.code ?? ''));
    const output = { content, seconds: 1.5, peakBytes: 1 };
    const metrics = {
      encodedBytes: 9,
      bitrateMbps: 0.4,
      compressionRatio: 20,
      psnrDb: 33,
      isLossless: false,
      ssim: 0.9,
    };
    const made = { state: 'completed', code: content, note: null, failure: null } as const;
    const score = { metrics, files: [{ name: '../frames.json', mediaType: 'application/json', ...content }] };
    const round = { experimentId, tenant, round: 1, ...made, encoded: output, decoded: output, score };
    await store.experiments.endRound(round, new Date());
    await store.experiments.end({ experimentId, tenant, failure: null }, new Date());
  };
}

const shown = (stdout: string) => ExperimentViewSchema.parse(JSON.parse(stdout));

test('C01, C13: submit --wait --json --output follows an experiment to its end and downloads the files of the best round', async () => {
  const { run, codec, folder, ...api } = await served();
  endsAtOnce(api);
  const best = join(folder, 'out', 'best');
  const limits = ['--encode-seconds', '5', '--memory-mebibytes', '512', '--psnr', '32'];
  const made = ['--generate', 'text,64x48,12', '--name', 'first', ...limits];
  const { code, stdout, stderr } = await run('submit', '--code', codec, ...made, '--wait', '--json', '--output', best);
  expect([code, stderr]).toEqual([0, expect.stringContaining('accepted as experiment_')]);
  const view = shown(stdout);
  expect(view).toMatchObject({
    state: 'completed',
    spec: { psnrDb: 32, limits: { encodeSeconds: 5, memoryBytes: 512 * 2 ** 20 } },
  });
  expect(view.spec.video).toMatchObject({ pattern: 'text', width: 64, height: 48, frames: 12, seed: 1 });
  // No name leads out of the folder.
  expect((await readdir(best)).toSorted()).toEqual(['code.py', 'encoded.bin', 'frames.json']);
  expect(await readFile(join(best, 'code.py'), 'utf8')).toBe(await readFile(codec, 'utf8'));
  const list = await run('list', '--state', 'completed');
  expect(list.stdout).toMatch(new RegExp(`${view.id}.*0.400 Mbit/s, 20.0:1, 33.00 dB, SSIM 0.9000.*first`));
  const show = await run('show', view.id);
  expect(show.stdout).toMatch(/round +1 \* completed +0.400 Mbit\/s.*encode 1.50 s/);
});

test('C08: watch exits with 1 for an experiment that did not complete; cancel and rerun name what they did', async () => {
  const { run, codec, ...api } = await served();
  const { id } = shown((await run('submit', '--code', codec, '--json')).stdout);
  expect((await run('cancel', id)).stderr).toContain('cancelled');
  expect(await run('watch', id)).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('cancelled before a worker'),
  });
  expect((await run('rerun', id)).stderr).toMatch(/experiment_\w+ .*waits for a worker, 0 before it/);
  expect(api.experiments.started).toHaveLength(2);
});

test('a folder of frames is sent as a tar, in the order of its names, and again as the same one', async () => {
  const { run, codec, folder, store } = await served();
  const frames = join(folder, 'frames');
  await mkdir(frames);
  for (const [name, content] of Object.entries({ 'f10.png': 'b', 'f2.png': 'a', 'notes.txt': 'c' })) {
    await writeFile(join(frames, name), content);
  }
  const args = ['submit', '--code', codec, '--frames', frames, '--fps', '12', '--json'];
  const { video } = shown((await run(...args)).stdout).spec;
  if (video.kind !== 'stored') throw new Error('not uploaded');
  expect(video).toMatchObject({ format: 'frames', framesPerSecond: 12 });
  const entries: string[] = [];
  const tar = Readable.from([await store.artifacts.getContent(video.sha256)]).pipe(extract());
  for await (const entry of tar) {
    entries.push(`${entry.header.name} ${await text(entry)}`);
  }
  expect(entries).toEqual(['000001.png a', '000002.png b']);
  expect(shown((await run(...args)).stdout).spec.video).toEqual(video);
});

test('what is wrong on the command line is told before anything is sent; what the API refuses has its field', async () => {
  const { run, codec, ...api } = await served();
  for (const args of [
    ['--generate', 'clouds'],
    ['--video', 'none.y4m'],
    ['--rounds', 'two'],
    ['--output', 'x'],
  ]) {
    expect((await run('submit', '--code', codec, ...args)).code, args.join(' ')).toBe(2);
  }
  expect((await run('submit')).code).toBe(2);
  const refused = await run('submit', '--code', codec, '--rounds', '2');
  expect([refused.code, refused.stderr]).toEqual([
    6,
    expect.stringContaining('rounds: more than one round needs a goal'),
  ]);
  expect((await run('show', 'experiment_none')).code).toBe(5);
  expect(api.experiments.started).toEqual([]);
});
