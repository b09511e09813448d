/** The page of an experiment: its phases, rounds, frames, code with its error; hostile and long texts, and files that are gone. */
import { expect, test } from 'vitest';
import { readRound } from '../../../../../client/api/pages/experiments/round/round-content.ts';
import { roundCard } from '../../../../../client/api/pages/experiments/round/round-card.ts';
import type { ExperimentFailure } from '../../../../../workflows/contract/experiments/experiment.ts';
import type { ExperimentView, RoundView } from '../../../../../workflows/contract/experiments/view.ts';
import { openPage } from '../../../../support/browser/browser-page.ts';
import {
  acceptExperiment,
  endedExperiment,
  endExperiment,
  endRound,
} from '../../../../support/experiments/invented-experiments.ts';
import { serveApp, testApi, type Api } from '../../harness.ts';

const hostile = '<script>alert(1)</script>\u202E\u001B[31m';
const error: ExperimentFailure = { phase: 'decode', type: 'error', message: `no ${hostile}`, line: 3 };
const pictures = ['original', 'decoded', 'difference'].map((kind) => [`frame-0012.${kind}.png`, 'a picture'] as const);
const frames = [
  { psnrDb: 31.25, ssim: 0.9 },
  { psnrDb: null, ssim: 1 },
];
const frameFigures = JSON.stringify({ isLossless: false, frames });

async function textOf({ ask }: Api, path: string): Promise<string> {
  return (await ask(path)).text();
}

async function viewOf({ store }: Api, id: string): Promise<{ view: ExperimentView; round: RoundView }> {
  const view = await store.experimentViews.find(id);
  const round = view?.roundsMade[0];
  if (view === null || round === undefined) throw new Error('no such round');
  return { view, round };
}

test('C16: an error of the code stands at its line, in words with advice; hostile code, notes and messages are text', async () => {
  const api = await testApi();
  const code = `# ${hostile}\r\nx = 1\r\nraise ${hostile}`;
  await endedExperiment(api.store, 'one', [{ code, note: hostile, failure: error }], { goal: hostile, name: hostile });
  const text = await textOf(api, '/experiments/one');
  expect(text).not.toContain('<script>alert');
  for (const unseen of ['\u202E', '\u001B']) expect(text).not.toContain(unseen);
  expect(text).toContain('The code raised an error</b> (decode, <a href="#line-3">line 3</a>)');
  expect(text).toContain('Mend the code, then run it anew.');
  expect(text).toMatch(
    /id="line-3">\s*<code>raise &lt;script&gt;.*\\u\{202E\}.*<\/code><span class="problem">no &lt;script/,
  );
  expect(text).toMatch(/class="failed"[^]*Decode[^]*ended here/);
});

test('code of 200 kB is cut around its error, and a line of 100,000 characters is cut', async () => {
  const api = await testApi();
  const code = `x = "${'y'.repeat(100_000)}"\n${'pass # line\n'.repeat(9000)}`;
  await endedExperiment(api.store, 'one', [{ code, note: 'n'.repeat(50_000), failure: { ...error, line: 9000 } }]);
  const text = await textOf(api, '/experiments/one');
  expect(text.length).toBeLessThan(60_000);
  expect(text).toContain('<ol start="8603"');
  expect(text).toContain('id="line-9000"');
  expect(text).toContain('Lines 8603 to 9002 of 9002');
  expect(text).toContain('href="/v1/experiments/one/rounds/1/files/code.py"');
  await endedExperiment(api.store, 'two', [{ code }]);
  expect(await textOf(api, '/experiments/two')).toContain('… (99,706 more characters)');
});

test('C09: a round has its metrics, frames side by side and figures by frame; a lossless one in words', async () => {
  const api = await testApi();
  const files = { 'metrics.json': frameFigures, ...Object.fromEntries(pictures) };
  await endedExperiment(api.store, 'one', [{ metrics: { bitrateMbps: 2, psnrDb: null }, files }]);
  const text = await textOf(api, '/experiments/one');
  expect(text).toContain('<dd>lossless</dd>');
  expect(text).toContain('PSNR, dB: 31.3 dB; 1 frame without any error, at the top');
  for (const [name] of pictures) expect(text).toContain(`src="/v1/experiments/one/rounds/1/files/${name}"`);
  expect(text).toContain('Difference, × 8');
  expect(text).not.toMatch(/NaN|undefined/);
});

test('C12: an experiment that waits, and one that ended without a round, have their page', async () => {
  const api = await testApi();
  await acceptExperiment(api.store, 'first');
  await acceptExperiment(api.store, 'second', {}, new Date(Date.now() + 1000));
  expect(await textOf(api, '/experiments/second')).toContain('It waits for a worker, after 1 other.');
  const failure = { phase: 'dispatch', type: 'no_worker', message: 'no worker took it in 1 h', line: null } as const;
  await endExperiment(api.store, 'first', failure);
  const text = await textOf(api, '/experiments/first');
  expect(text).toContain('No worker took it in time');
  expect(text).toContain('data-ended="timed out"');
});

test('the phase under way is shown within the limits of the record, and the product’s own programs within theirs', async () => {
  const api = await testApi();
  await acceptExperiment(api.store, 'one', { limits: { encodeSeconds: 5, memoryBytes: 2 ** 31 } });
  const progress = { at: new Date().toISOString(), phaseSeconds: 2, memoryBytes: 5e8, processorSeconds: 1 };
  for (const [phase, words] of [
    ['encode', ['2.00 s of 5 s', '476.8 MB of 2.0 GB']],
    ['score', ['2.00 s of 30 s', '476.8 MB of 1.0 GB']],
  ] as const) {
    await api.store.experiments.begin('one', { phase, round: 1 }, new Date());
    await api.store.experiments.progress('one', { phase, round: 1 }, progress);
    const text = await textOf(api, '/experiments/one');
    for (const word of words) expect(text).toContain(word);
  }
});

test('of 50 rounds all are in the table and the best is in detail, or the one that the address names', async () => {
  const api = await testApi();
  const rounds = Array.from({ length: 50 }, (_, index) => ({ metrics: { bitrateMbps: 5 - index / 20 } }));
  await acceptExperiment(api.store, 'many', { goal: 'small', rounds: 50 });
  for (const [index, round] of rounds.entries()) await endRound(api.store, 'many', index + 1, round);
  await endExperiment(api.store, 'many', { ...error, type: 'total_time_limit', message: 'after 1 h', line: null });
  const text = await textOf(api, '/experiments/many');
  expect(text.match(/class="point /g)).toHaveLength(50);
  expect(text.match(/<th scope="row">/g)).toHaveLength(50);
  expect(text).toContain('Code of round 50');
  expect(text).toContain('The whole experiment took too long');
  expect(await textOf(api, '/experiments/many?round=7')).toContain('Code of round 7');
  for (const path of ['/experiments/many?round=51', '/experiments/many?round=x', '/experiments/none']) {
    const answer = await api.ask(path, { headers: { accept: 'text/html' } });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8']);
  }
});

test('files that are removed, missing or damaged leave a sentence in their place', async () => {
  const api = await testApi();
  const files = { 'metrics.json': '{"frames":', ...Object.fromEntries(pictures) };
  await endedExperiment(api.store, 'one', [{ files }]);
  const { view, round } = await viewOf(api, 'one');
  expect(await readRound(api.store, round)).toMatchObject({
    frames: { gone: 'metrics.json is not as this page reads it.' },
  });
  const removed = { ...round, files: round.files.map((file) => ({ ...file, removedAfterDays: 30 })) };
  const content = await readRound(api.store, removed);
  expect(content.code).toEqual({ gone: 'code.py was removed 30 days after the experiment ended.' });
  const text = String(await roundCard(view, { round: removed, content }));
  expect(text).toContain('The picture was removed 30 days after the experiment ended.');
  expect(text).not.toContain('<img');
  expect(text).not.toContain('href="/v1/experiments/one/rounds');
  const missing = { ...round, files: round.files.map((file) => ({ ...file, sha256: '0'.repeat(64) })) };
  expect(await readRound(api.store, missing)).toMatchObject({ code: { gone: expect.stringContaining('no content') } });
});

test('an experiment is cancelled and run again from its page, but not from another site', async () => {
  const api = await testApi();
  await acceptExperiment(api.store, 'one');
  const foreign = { method: 'POST', headers: { 'sec-fetch-site': 'cross-site' } };
  for (const verb of ['cancel', 'rerun']) expect((await api.ask(`/experiments/one/${verb}`, foreign)).status).toBe(403);
  const cancelled = await api.ask('/experiments/one/cancel', { method: 'POST' });
  expect([cancelled.status, cancelled.headers.get('location')]).toEqual([303, '/experiments/one']);
  expect(await textOf(api, '/experiments/one')).toContain('It was cancelled');
  const again = () =>
    api.ask('/experiments/one/rerun', { method: 'POST', body: new URLSearchParams({ _key: 'click' }) });
  const location = (await again()).headers.get('location') ?? '';
  expect((await again()).headers.get('location')).toBe(location);
  expect(location).toMatch(/^\/experiments\/experiment_\w+$/);
  expect(await textOf(api, location)).toContain('waits for a worker');
});

test('the page follows an experiment: the phase with its progress, each round, and its end', async () => {
  const api = await testApi();
  const { experiments } = api.store;
  await acceptExperiment(api.store, 'one', { goal: 'small', rounds: 2 });
  const url = await serveApp(api.app);
  const { page, complaints } = await openPage();
  await page.goto(`${url}/experiments/one`);
  await page.locator('#phases').getByText('It waits for a worker').waitFor();
  await experiments.begin('one', { phase: 'encode', round: 1 }, new Date());
  await page.locator('#phases li.now').getByText('Encode').waitFor();
  const beat = { at: new Date().toISOString(), phaseSeconds: 12, memoryBytes: 2 ** 28, processorSeconds: 11 };
  await experiments.progress('one', { phase: 'encode', round: 1 }, beat);
  await page.locator('#phases').getByText('12.0 s of 60 s').waitFor();
  await endRound(api.store, 'one', 1, { failure: error, code: 'one\ntwo\nthree' });
  await page.locator('#line-3').getByText('three').waitFor();
  await endRound(api.store, 'one', 2, {});
  await endExperiment(api.store, 'one');
  await page.locator('#rounds').getByText('best', { exact: true }).waitFor();
  await page.getByRole('status').getByText('completed').waitFor({ state: 'attached' });
  expect(complaints).toEqual([]);
});
