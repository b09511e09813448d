/** A form in a frame of another site: who may hold it, who may send it, and what its token is good for. */
import { expect, test } from 'vitest';
import type { JsonObject } from '../../../../../workflows/contract/json/json.ts';
import { smallForm } from '../../../../support/definitions.ts';
import { saveSmall, testApi, type Api } from '../../harness.ts';

const site = 'https://www.customer.example';
const embedded = { ...smallForm, embedOrigins: [site, 'http://127.0.0.1:9000'] };
const html = { accept: 'text/html' };
const hours = 3_600_000;

async function embeddingApi(form: JsonObject = embedded): Promise<Api> {
  const api = await testApi();
  await saveSmall(api.store, { form });
  return api;
}

const send = (api: Api, values: Record<string, string>, headers: Record<string, string> = {}): Promise<Response> =>
  api.ask('/f/test/embed', {
    method: 'POST',
    body: new URLSearchParams(values).toString(),
    headers: { ...html, 'content-type': 'application/x-www-form-urlencoded', ...headers },
  });

interface Visit {
  readonly key: string;
  readonly token: string;
}

function visitIn(page: string): Visit {
  const value = (name: string): string => new RegExp(`name="${name}" value="([^"]+)"`).exec(page)?.[1] ?? '';
  return { key: value('_key'), token: value('_token') };
}

async function loaded(api: Api, path = '/f/test/embed'): Promise<Visit> {
  return visitIn(await (await api.ask(path)).text());
}

/** What a form sends back: its hidden parts and what was typed. */
function filled({ key, token }: Visit, email: string): Record<string, string> {
  return { _key: key, _token: token, email };
}

test('an embedded form may be framed by the origins that its lead magnet names, and by no other', async () => {
  const api = await embeddingApi();
  const response = await api.ask('/f/test/embed');
  expect(response.status).toBe(200);
  const policy = response.headers.get('content-security-policy')?.split('; ');
  expect(policy).toContain(`frame-ancestors ${site} http://127.0.0.1:9000`);
  expect(policy).toContain("default-src 'self'");
  expect(policy?.join('')).not.toContain('script-src');
  expect(response.headers.has('x-frame-options')).toBe(false);
  expect(response.headers.get('set-cookie')).toBeNull();
  expect(response.headers.get('cache-control')).toBe('no-store');
});

test.each(['/', '/f/test', '/f/nothing/embed', '/f/test/embed/other', '/reference'])(
  '%s may be framed by this site alone, as ever',
  async (path) => {
    const api = await embeddingApi();
    const { headers } = await api.ask(path, { headers: html });
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'self';");
    expect(headers.get('content-security-policy')).not.toContain(site);
  },
);

test('a form whose lead magnet names no origins has no embedded page, and takes nothing there', async () => {
  const api = await embeddingApi(smallForm);
  const response = await api.ask('/f/test/embed', { headers: html });
  expect(response.status).toBe(404);
  expect(response.headers.get('content-security-policy')).toContain("frame-ancestors 'self';");
  expect((await send(api, { email: 'ada@example.com' })).status).toBe(404);
  expect(api.temporal.started).toEqual([]);
});

test('A15: sent from the frame it starts a job, thanks and shows how far the work is', async () => {
  const api = await embeddingApi();
  const form = filled(await loaded(api), 'ada@example.com');
  const response = await send(api, form, { origin: 'https://jobs.example.com', 'sec-fetch-site': 'same-origin' });
  expect(response.status).toBe(303);
  const [jobId = ''] = api.temporal.started;
  expect(response.headers.get('location')).toBe(`/f/test/embed/sent/${jobId}`);
  const thanks = await api.ask(`/f/test/embed/sent/${jobId}`);
  expect(thanks.headers.get('content-security-policy')).toContain(`frame-ancestors ${site} http://127.0.0.1:9000`);
  const page = await thanks.text();
  expect(page).toContain('<h1>Thank you</h1>');
  expect(page).toContain('The work begins.');
  expect(page).toMatch(new RegExp(`href="/jobs/${jobId}" target="_blank" rel="noopener"`));
  expect((await send(api, form)).headers.get('location')).toBe(`/f/test/embed/sent/${jobId}`);
  expect(api.temporal.started).toHaveLength(1);
});

test('the thanks of one form show nothing of the job of another', async () => {
  const api = await embeddingApi();
  const id = await api.acceptedJob({ form: embedded });
  await saveSmall(api.store, { slug: 'other', form: embedded });
  expect((await api.ask(`/f/test/embed/sent/${id}`, { headers: html })).status).toBe(200);
  const other = await api.ask(`/f/other/embed/sent/${id}`, { headers: html });
  expect(other.status).toBe(404);
  expect(other.headers.get('content-security-policy')).toContain(`frame-ancestors ${site}`);
  expect(await other.text()).not.toContain('steps');
});

test('a form sent wrong comes back in the frame, with what was typed and a token that works', async () => {
  const api = await embeddingApi();
  const response = await send(api, filled(await loaded(api), 'ada'));
  expect(response.status).toBe(422);
  expect(response.headers.get('content-security-policy')).toContain(`frame-ancestors ${site}`);
  const page = await response.text();
  expect(page).toContain('This is not an e-mail address.');
  expect(page).toContain('value="ada"');
  expect((await send(api, filled(visitIn(page), 'ada@example.com'))).status).toBe(303);
});

test.each<[string, (visit: Visit, api: Api) => Visit | Promise<Visit>]>([
  ['none', (visit) => ({ ...visit, token: '' })],
  [
    'one that is made up',
    (visit) => ({ ...visit, token: `${Math.floor(Date.now() / 1000) + 9999}.${'A'.repeat(43)}` }),
  ],
  ['one of another form', (_visit, api) => loaded(api, '/f/other/embed')],
  ['one of another visit', async ({ key }, api) => ({ key, token: (await loaded(api)).token })],
  ['one whose time was moved', ({ key, token }) => ({ key, token: token.replace(/^1/, '2') })],
])('with a token that is %s nothing is taken, and the form comes back with what was typed', async (_title, forge) => {
  const api = await embeddingApi();
  await saveSmall(api.store, { slug: 'other', form: embedded });
  const visit = await forge(await loaded(api), api);
  const response = await send(api, filled(visit, 'ada@example.com'));
  expect(response.status).toBe(403);
  expect(api.temporal.started).toEqual([]);
  const page = await response.text();
  expect(page).toContain('was not loaded from here');
  expect(page).toContain('value="ada@example.com"');
  expect(visitIn(page).key).not.toBe(visit.key);
  expect((await send(api, filled(visitIn(page), 'ada@example.com'))).status).toBe(303);
});

test('a token holds for 12 hours; after that the visitor sees so, and sends what was typed once more', async () => {
  const api = await embeddingApi();
  const visit = filled(await loaded(api), 'ada@example.com');
  api.pass(12 * hours + 1000);
  const late = await send(api, visit);
  expect(late.status).toBe(410);
  expect(api.temporal.started).toEqual([]);
  const page = await late.text();
  expect(page).toContain('open for more than 12 hours');
  expect(page).toContain('value="ada@example.com"');
  const fresh = filled(visitIn(page), 'ada@example.com');
  api.pass(11 * hours);
  expect((await send(api, fresh)).status).toBe(303);
});

test('a token that was used makes no second job: changed values come back as a form of their own', async () => {
  const api = await embeddingApi();
  const visit = await loaded(api);
  await send(api, filled(visit, 'ada@example.com'));
  const again = await send(api, filled(visit, 'eve@example.com'));
  expect(again.status).toBe(409);
  const page = await again.text();
  expect(page).toContain('You have sent this form before');
  expect(page).toContain('value="eve@example.com"');
  expect(api.temporal.started).toHaveLength(1);
});

test('a page of a site that is not named may not send it, even with a token', async () => {
  const api = await embeddingApi();
  const form = filled(await loaded(api), 'ada@example.com');
  for (const headers of [
    { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
    { origin: 'https://evil.example' },
    { origin: `${site}.evil.example`, 'sec-fetch-site': 'cross-site' },
    { origin: 'http://www.customer.example', 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'cross-site' },
  ]) {
    expect((await send(api, form, headers)).status, JSON.stringify(headers)).toBe(403);
  }
  expect(api.temporal.started).toEqual([]);
  expect((await send(api, form, { origin: site, 'sec-fetch-site': 'cross-site' })).status).toBe(303);
});

test('what the named origins may send to the embedded form they may send nowhere else', async () => {
  const api = await embeddingApi();
  const headers = { origin: site, 'sec-fetch-site': 'cross-site', 'content-type': 'application/x-www-form-urlencoded' };
  for (const path of ['/f/test', '/f/test/embed/sent/x', '/f/test/embed/', '/v1/lead-magnets/test/submissions']) {
    const response = await api.app.request(path, { method: 'POST', body: 'email=ada%40example.com', headers });
    expect([403, 404, 405], path).toContain(response.status);
  }
  expect(api.temporal.started).toEqual([]);
});

test('a sandboxed frame, whose origin is none, gets the reason why the form cannot be sent', async () => {
  const api = await embeddingApi();
  const form = filled(await loaded(api), 'ada@example.com');
  const response = await send(api, form, { origin: 'null', 'sec-fetch-site': 'cross-site' });
  expect(response.status).toBe(403);
  expect(response.headers.get('content-security-policy')).toContain(`frame-ancestors ${site}`);
  expect(await response.text()).toContain('sandboxed frame');
  expect(api.temporal.started).toEqual([]);
});

test('the script for other sites may be loaded by them, and by none else is anything loaded', async () => {
  const api = await embeddingApi();
  const script = await api.ask('/embed.js');
  expect(script.headers.get('content-type')).toContain('text/javascript');
  expect(script.headers.get('cross-origin-resource-policy')).toBe('cross-origin');
  expect(await script.text()).toContain('data-lodestone-form');
  const other = await api.ask('/assets/live.js');
  expect(other.headers.get('cross-origin-resource-policy')).toBe('same-origin');
});

test('a form that leads on to another site does so by a link for the whole window', async () => {
  const api = await embeddingApi({ ...embedded, redirectUrl: `${site}/thanks` });
  const sent = await send(api, filled(await loaded(api), 'ada@example.com'));
  const thanks = await api.ask(sent.headers.get('location') ?? '');
  expect(await thanks.text()).toContain(`href="${site}/thanks" target="_top"`);
  expect(thanks.headers.get('content-security-policy')).toContain("form-action 'self'");
});

test('what is refused before the form is read is reported in the frame too', async () => {
  const api = await embeddingApi();
  const response = await send(api, filled(await loaded(api), 'a'.repeat(1024 * 1024)));
  expect(response.status).toBe(413);
  expect(response.headers.get('content-security-policy')).toContain(`frame-ancestors ${site}`);
  expect(response.headers.has('x-frame-options')).toBe(false);
});

test('nothing of a definition or a visitor is markup in the frame, and no script stands in it', async () => {
  const hostile = '"><script>alert(1)</script>';
  const api = await testApi();
  await saveSmall(api.store, { name: hostile, form: { ...embedded, thankYou: hostile, submitLabel: hostile } });
  const wrong = await send(api, filled(await loaded(api), hostile));
  const sent = await send(api, filled(await loaded(api), 'ada@example.com'));
  const thanks = await api.ask(sent.headers.get('location') ?? '');
  for (const response of [await api.ask('/f/test/embed'), wrong, thanks]) {
    const page = await response.text();
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(page).not.toMatch(/<script(?![^>]*\ssrc=)/);
    expect(page).not.toMatch(/\son[a-z]+=/);
  }
});
