/** The form for a new experiment: without a script, shown again with what is wrong, and with what another experiment was asked for. */
import { expect, test } from 'vitest';
import { endedExperiment } from '../../../../support/experiments/invented-experiments.ts';
import { testApi, type Api } from '../../harness.ts';

const filled = {
  _key: 'key-1',
  name: 'blocks',
  code: '\r\ndef encode(frames, info):\r\n    return b"<1>"\r\n',
  goal: '',
  rounds: '1',
  psnrDb: '32.5',
  pattern: 'noise',
  width: '64',
  height: '48',
  frames: '8',
  framesPerSecond: '8',
  seed: '7',
};

function send({ ask }: Api, changes: Readonly<Record<string, string>> = {}, headers: Record<string, string> = {}) {
  const body = new FormData();
  for (const [name, value] of Object.entries({ ...filled, ...changes })) body.set(name, value);
  return ask('/experiments', { method: 'POST', body, headers });
}

async function specAt({ store }: Api, location: string | null) {
  const id = location?.split('/').at(-1) ?? '';
  return (await store.experimentViews.find(id))?.spec;
}

test('C01: the form makes an experiment, one for a double click, and another one for a change', async () => {
  const api = await testApi();
  const first = await send(api);
  expect(first.status).toBe(303);
  const code = '\ndef encode(frames, info):\n    return b"<1>"\n';
  const video = { kind: 'generated', pattern: 'noise', width: 64, height: 48, frames: 8, framesPerSecond: 8, seed: 7 };
  expect(await specAt(api, first.headers.get('location'))).toMatchObject({ name: 'blocks', code, psnrDb: 32.5, video });
  expect((await send(api)).headers.get('location')).toBe(first.headers.get('location'));
  expect((await send(api, { seed: '8' })).headers.get('location')).not.toBe(first.headers.get('location'));
  expect((await send(api, {}, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
});

test.each([
  ['no code and no goal', { code: ' ' }, 'code: give code, a goal, or both'],
  ['more rounds without a goal', { rounds: '3' }, 'rounds: more than one round needs a goal'],
  ['a word as a number', { width: 'wide' }, 'width: must be a number'],
  ['a video that is too large', { width: '1920', height: '1920', frames: '1000' }, 'the frames have more than'],
])('the form is shown again with what was typed: %s', async (_name, changes, message) => {
  const answer = await send(await testApi(), { goal: '', ...changes });
  expect(answer.status).toBe(422);
  const text = await answer.text();
  expect(text).toContain(message);
  expect(text).toContain('value="blocks"');
  expect(text).toContain('value="key-1"');
  expect(text).toContain('<option value="noise" selected');
});

test('an experiment is changed from its page: with the code of a round, its video, its limits and its budget', async () => {
  const api = await testApi();
  const limits = { encodeSeconds: 5 };
  const code = '\n</textarea><script>alert(1)</script>';
  await endedExperiment(api.store, 'one', [{ code }], { budget: { usd: 2 }, limits, psnrDb: 40 });
  const page = await (await api.ask('/experiments/one')).text();
  const [, link = ''] = /href="(\/experiments\/new\?[^"]+)"/.exec(page) ?? [];
  const form = await (await api.ask(link.replaceAll('&amp;', '&'))).text();
  expect(form).toMatch(/>\n\n&lt;\/textarea&gt;&lt;script&gt;/);
  expect(form).toContain('value="40"');
  expect(form).toContain('name="like" value="one"');
  const answer = await send(api, { like: 'one', goal: 'smaller', rounds: '2' });
  expect(await specAt(api, answer.headers.get('location'))).toMatchObject({
    budget: { usd: 2 },
    limits,
    goal: 'smaller',
    rounds: 2,
  });
  expect((await send(api, { like: 'none' })).status).toBe(404);
});

test('the list has the form, opened while there is no experiment', async () => {
  const api = await testApi();
  expect(await (await api.ask('/experiments')).text()).toMatch(/<details open/);
  await endedExperiment(api.store, 'one', [{}]);
  const text = await (await api.ask('/experiments')).text();
  expect(text).not.toMatch(/<details open/);
  expect(text).toContain('Run the experiment');
});
