/** Turns over HTTP, the replay page and the exported file: all there is of a run, and nothing of it as markup. */
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { ComputerTurnSchema } from '../../../../workflows/contract/computer-use/computer-turn.ts';
import { beginRun, clickAt, recordTurn, typing, visiting } from '../../../support/computer-use/computer-run.ts';
import { endJob, problemOf, testApi } from '../harness.ts';

const Page = z.object({ turns: z.array(ComputerTurnSchema), cursor: z.int() });

async function jobThatVisits() {
  const api = await testApi();
  const id = await api.acceptedJob(visiting);
  await beginRun(api.store, id);
  return { ...api, id, step: `/jobs/${id}/steps/visit` };
}

test('turns are read a page at a time, and one that changed is read again', async () => {
  const { ask, store, id, step } = await jobThatVisits();
  for (const iteration of [1, 2]) await recordTurn(store, id, iteration);
  await recordTurn(store, id, 3, { asking: true });
  const read = async (query: string) => Page.parse(await (await ask(`/v1${step}/turns${query}`)).json());
  const first = await read('?limit=2');
  expect(first.turns.map(({ iteration }) => iteration)).toEqual([1, 2]);
  const rest = await read(`?cursor=${first.cursor}`);
  expect(rest.turns).toMatchObject([{ iteration: 3, answeredAt: null, actions: [] }]);
  await recordTurn(store, id, 3);
  const again = await read(`?cursor=${rest.cursor}`);
  expect(again.turns).toMatchObject([{ iteration: 3, text: 'words of turn 3', spentUsd: 0.03 }]);
  expect(await read(`?cursor=${again.cursor}`)).toMatchObject({ turns: [], cursor: again.cursor });
  const answer: unknown = await (await ask(`/v1${step}/turns`)).json();
  expect(answer).toMatchObject({
    run: { display: { width: 640, height: 400 }, budget: { iterations: 10, seconds: 100, usd: 1 } },
  });
});

test('there are no turns of a job, a step or a kind of step that is not there', async () => {
  const { ask, id, acceptedJob } = await jobThatVisits();
  const other = await acceptedJob();
  for (const path of [
    `/v1/jobs/nobody/steps/visit/turns`,
    `/v1/jobs/${id}/steps/x/turns`,
    `/v1/jobs/${other}/steps/look/turns`,
  ])
    expect((await problemOf(await ask(path))).status, path).toBe(404);
  expect((await ask(`/v1/jobs/${id}/steps/visit/turns?limit=0`)).status).toBe(400);
  expect((await ask(`/jobs/${other}/steps/look/replay`, { headers: { accept: 'text/html' } })).status).toBe(404);
});

test('a picture that is asked for by its hash may be kept for good, and is never another', async () => {
  const { ask, store, id } = await jobThatVisits();
  await recordTurn(store, id, 1);
  const file = await store.artifacts.find(id, 'visit.screen-1.png');
  const address = `/v1/jobs/${id}/artifacts/visit.screen-1.png`;
  const kept = await ask(`${address}?sha256=${file?.sha256}`);
  expect(kept.headers.get('cache-control')).toContain('immutable');
  expect((await ask(address)).headers.get('cache-control')).toBe('no-cache');
  expect((await ask(`${address}?sha256=${'0'.repeat(64)}`)).status).toBe(404);
});

test('the job page and the replay show pictures, words, actions with what became of them, notes and the budget', async () => {
  const { ask, store, id, step } = await jobThatVisits();
  const actions = [clickAt(320, 100), { ...clickAt(9, 9, 'problem'), problem: 'that is off the screen' }];
  await recordTurn(store, id, 1, { actions, notes: ['a dialog said "Hello"'] });
  await recordTurn(store, id, 2, { attempt: 2, actions: [clickAt(1, 1, 'uncertain'), clickAt(2, 2, 'not_run')] });
  const live = await (await ask(`/jobs/${id}`)).text();
  expect(live).toContain('under way');
  expect(live).toContain('2 of 10');
  expect(live).toContain(`href="${step}/replay#turn-1"`);
  await endJob(store, id);
  const replay = await (await ask(`${step}/replay`)).text();
  expect(replay).toContain('<svg x="50.00%" y="25.00%"');
  for (const reported of ['that is off the screen', 'a dialog said &quot;Hello&quot;', 'attempt 2, browser restored'])
    expect(replay).toContain(reported);
  expect(replay).toContain('uncertain: it may have happened');
  expect(replay).toContain('not run');
  expect(replay).not.toContain('replay-live.js');
});

test('what pages, models and definitions say is text in the replay and in the exported file, never markup', async () => {
  const { ask, store, acceptedJob } = await testApi();
  const hostile = '"></article></script><script>alert(1)</script><img src=https://evil.example/x>';
  const steps = [{ ...visiting.steps[0], title: hostile }];
  const id = await acceptedJob({ ...visiting, steps, name: hostile });
  await beginRun(store, id);
  const problem = { ...clickAt(1, 1, 'problem'), problem: hostile, described: hostile, type: hostile };
  const actions = [problem, { ...typing(hostile), outcome: 'not_run' as const }];
  await recordTurn(store, id, 1, { text: hostile, url: hostile, notes: [hostile], actions });
  for (const path of ['/replay', '/replay/turns', '/replay.html', '']) {
    const address = path === '' ? `/jobs/${id}` : `/jobs/${id}/steps/visit${path}`;
    const page = await (await ask(address)).text();
    expect(page, path).toContain('&lt;script&gt;alert(1)');
    expect(page, path).not.toContain('<script>alert');
    expect(page, path).not.toContain('<img src=https');
  }
});

test('the replay holds no inline script; the exported file holds its own alone, and its policy lets nothing else be', async () => {
  const { ask, store, id, step } = await jobThatVisits();
  for (const iteration of [1, 2, 3]) await recordTurn(store, id, iteration);
  const page = await (await ask(`${step}/replay`)).text();
  expect(page).not.toMatch(/<script(?![^>]*\ssrc=)|\son[a-z]+=|\sstyle=/);
  const answer = await ask(`${step}/replay.html`);
  expect(answer.headers.get('content-disposition')).toBe(`attachment; filename="${id}-visit-replay.html"`);
  const file = await answer.text();
  const [, script = ''] = /<script>([\s\S]*?)<\/script>/.exec(file) ?? [];
  expect(file).toContain(`script-src &#39;sha256-${createHash('sha256').update(script).digest('base64')}&#39;`);
  expect(file).toContain('default-src &#39;none&#39;');
  expect(file.match(/src="data:image\/png;base64,/g)).toHaveLength(3);
  expect(file.replaceAll('http-equiv', '')).not.toMatch(/(?:src|href|action)="(?!data:)/);
});

test('a picture that is no longer kept leaves a note in its place, not a broken file', async () => {
  const { ask, store, id, step } = await jobThatVisits();
  await recordTurn(store, id, 1);
  const name = 'visit.screen-1.png';
  const screenshot = { name, sha256: 'f'.repeat(64) };
  const turn = {
    jobId: id,
    stepId: 'visit',
    generation: 1,
    iteration: 2,
    attempt: 1,
    recoveryLevel: 'fresh' as const,
    activeMilliseconds: 1,
    looked: { url: 'https://site.example/', screenshot, notes: [], spentUsd: 0 },
    at: '2026-01-01T00:00:00.000Z',
  };
  await store.ledger.writeCheckpoint({ key: id, jobId: id, attempt: 1, data: {}, turn });
  const file = await (await ask(`${step}/replay.html`)).text();
  expect(file).toContain('no longer kept');
  expect(file).toContain('</html>');
});
