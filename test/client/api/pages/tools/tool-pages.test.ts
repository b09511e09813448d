/** The pages of tool requests: the list, a request under way in a browser, and how a cut-off and hostile text are shown. */
import { expect, test } from 'vitest';
import { z } from 'zod';
import { openPage } from '../../../../support/browser/browser-page.ts';
import { toolLimits } from '../../../../../workflows/contract/tools/limits.ts';
import { serveApp, testApi, type Api } from '../../harness.ts';

const hostile = '<script>alert(1)</script><img src=x onerror=alert(2)>';

/** Accepts a request whose workflow has begun. Returns its id. */
async function begun(api: Api, name: string, input: object): Promise<string> {
  const seen = api.tools.started.length;
  const answer = api.post(`/v1/tools/${name}`, input);
  await expect.poll(() => api.tools.started.length).toBe(seen + 1);
  const id = api.tools.started.at(-1)?.requestId ?? '';
  await api.store.toolRequests.begin(id, 'turn', new Date());
  answer.catch(() => undefined);
  return id;
}

const cut = {
  layer: 'expert',
  type: 'time_limit',
  seconds: 60,
  message: 'the expert was cut off at its limit of 60 s',
  advice: 'ask for less in one call',
} as const;

const idOf = (count: number): string => `tool_${count}`;

async function endedRequest({ store }: Api, count: number): Promise<void> {
  const now = new Date(Date.now() + count * 1000);
  await store.toolRequests.accept({
    id: idOf(count),
    tool: 'challenge',
    conversationId: `conversation_${count}`,
    isNewConversation: true,
    input: { prompt: `claim ${count}` },
    inputHash: String(count),
    files: [],
    limits: toolLimits({}, 'challenge'),
    now,
    expiresAt: new Date(now.getTime() + 3_600_000),
  });
  await store.toolRequests.end(idOf(count), { outcome: 'partial', cut }, now);
}

async function conversationOf(api: Api, id: string): Promise<string> {
  const view = await (await api.ask(`/v1/tool-requests/${id}`)).json();
  return z.object({ continuationId: z.string() }).parse(view).continuationId;
}

test('T20: the page of a request follows its phase and tokens, and its end with the layer that cut it off', async () => {
  const api = await testApi();
  const first = await begun(api, 'chat', { prompt: 'What is slow?' });
  await api.store.toolRequests.answered(first, 'The disk.');
  await api.store.toolRequests.end(first, { outcome: 'completed', cut: null }, new Date());
  const id = await begun(api, 'chat', { prompt: hostile, continuation_id: await conversationOf(api, first) });
  const url = await serveApp(api.app);
  const { page, complaints } = await openPage();

  await page.goto(`${url}/`);
  await page.getByRole('link', { name: 'Tools' }).click();
  await page.getByRole('link', { name: 'chat' }).first().click();
  expect(new URL(page.url()).pathname).toBe(`/tool-requests/${id}`);
  await page.locator('#head').getByText('the tool answers', { exact: true }).waitFor();
  await api.store.toolRequests.progress(id, 4321);
  await page.locator('#head').getByText('4321').waitFor();
  expect(await page.getByRole('link', { name: 'Run in Temporal' }).getAttribute('href')).toContain(`/workflows/${id}`);
  await api.store.toolRequests.answered(id, `the findings ${hostile}`);
  await page.getByLabel('Answer of the tool').getByText(`the findings ${hostile}`).waitFor();
  await api.store.toolRequests.begin(id, 'expert', new Date());
  await api.store.toolRequests.end(id, { outcome: 'partial', cut }, new Date());
  await page.locator('#head').getByText('Ended by the expert after 60 s').waitFor();
  await page.locator('#head').getByText('ask for less in one call').waitFor();
  expect(await page.locator('#limits li').filter({ hasText: 'ended here' }).innerText()).toContain('Expert');
  expect(await page.getByLabel('What was asked').innerText()).toContain(hostile);
  expect(await page.getByRole('button', { name: 'Cancel the request' }).count()).toBe(0);
  await page.locator('#conversation').getByRole('link', { name: 'chat' }).click();
  await page.getByLabel('Answer of the tool').getByText('The disk.').waitFor();
  expect(complaints).toEqual([]);
});

test('the list has the newest request first, with its outcome and what ended it, and goes on to older ones', async () => {
  const api = await testApi();
  for (let count = 0; count < 51; count += 1) await endedRequest(api, count);
  const [oldest, newest] = [idOf(0), idOf(50)];
  const list = await (await api.ask('/tool-requests')).text();
  const ids = [...list.matchAll(/href="\/tool-requests\/(tool_\w+)"/g)].map(([, id]) => id);
  expect(ids).toHaveLength(50);
  expect(ids).toContain(newest);
  expect(list).toContain('ended by the expert');
  const [, before] = /\?before=(tool_\w+)/.exec(list) ?? [];
  const older = await (await api.ask(`/tool-requests?before=${before}`)).text();
  expect([...older.matchAll(/href="\/tool-requests\/(tool_\w+)"/g)].map(([, id]) => id)).toEqual([oldest]);
  expect(older).not.toContain('Older');
});

test('a failure within the limits is not shown as cut off by one, and what was asked keeps its lines', async () => {
  const api = await testApi();
  const id = await begun(api, 'chat', { prompt: 'one\n"two"' });
  const failure = {
    ...cut,
    layer: 'tool',
    type: 'provider_request',
    seconds: 0.1,
    message: 'no provider serves it',
  } as const;
  await api.store.toolRequests.end(id, { outcome: 'failed', cut: failure }, new Date());
  const text = await (await api.ask(`/tool-requests/${id}`)).text();
  expect(text).toContain('<b>Failed after 0.1 s:</b>');
  expect(text).not.toContain('ended here');
  expect(text).toContain('prompt:\none\n&quot;two&quot;');
});

test('what was asked is shown up to a bound, and an unknown request is not found', async () => {
  const api = await testApi();
  const id = await begun(api, 'chat', { prompt: 'a'.repeat(60_000) });
  const text = await (await api.ask(`/tool-requests/${id}`)).text();
  expect(text).toContain('cut; the API has all of it');
  expect(text.length).toBeLessThan(40_000);
  expect((await api.ask('/tool-requests/tool_none')).status).toBe(404);
});

test('T21: a request is cancelled from its page, but not from another site', async () => {
  const api = await testApi();
  const id = await begun(api, 'chat', { prompt: 'Why?' });
  const path = `/tool-requests/${id}/cancel`;
  const foreign = { method: 'POST', headers: { 'sec-fetch-site': 'cross-site' } };
  expect((await api.ask(path, foreign)).status).toBe(403);
  const answer = await api.ask(path, { method: 'POST' });
  expect([answer.status, answer.headers.get('location')]).toEqual([303, `/tool-requests/${id}`]);
  expect(api.tools.cancelled).toEqual([id]);
});
