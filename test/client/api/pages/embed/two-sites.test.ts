/** A form on a customer's site in a real browser: two sites, since Chromium takes localhost and 127.0.0.1 for two. */
import type { Browser, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { openPage } from '../../../../support/browser/browser-page.ts';
import { countingServer } from '../../../../support/http/counting-server.ts';
import { smallForm } from '../../../../support/definitions.ts';
import type { JsonObject } from '../../../../../workflows/contract/json/json.ts';
import { endJob, saveSmall, serveApp, testApi, type Api } from '../../harness.ts';

/** A site at a port of its own, named `localhost`. Its pages are made when they are asked for. */
async function site(pages: Readonly<Record<string, () => string>>, policy?: () => string): Promise<string> {
  const { port } = await countingServer((response, { url }) => {
    const made = pages[url.split('?')[0] ?? ''];
    const headers = policy === undefined ? {} : { 'content-security-policy': policy() };
    response.writeHead(made === undefined ? 404 : 200, { 'content-type': 'text/html', ...headers });
    response.end(made === undefined ? '' : `<!doctype html><title>A site</title><h1>Our offer</h1>${made()}`);
  });
  return `http://localhost:${port}`;
}

interface World {
  readonly api: Api;
  readonly home: string;
  readonly customer: string;
  readonly stranger: string;
  readonly browser: Browser;
  readonly page: Page;
  /** What the browser wrote to its console as errors. */
  readonly complaints: string[];
}

async function world(form: JsonObject = smallForm): Promise<World> {
  let home = '';
  const paste = (): string =>
    `<div data-lodestone-form="test" data-lodestone-prefill="email, website"></div>\n<script src="${home}/embed.js" async></script>`;
  const frame = (attributes: string) => () => `<iframe src="${home}/f/test/embed" ${attributes} height="700"></iframe>`;
  const pages = { '/': paste, '/sandboxed': frame('sandbox="allow-forms"'), '/told': frame('sandbox="allow-scripts"') };
  // As strict as a site can be that takes the two lines in.
  const policy = () => `default-src 'none'; script-src ${home}; frame-src ${home}`;
  const customer = await site(pages, policy);
  const stranger = await site({ '/': paste, '/bare': frame('') });
  const api = await testApi();
  await saveSmall(api.store, { form: { ...form, embedOrigins: [customer] } });
  home = await serveApp(api.app);
  const { browser, page, complaints } = await openPage({ viewport: { width: 720, height: 900 } });
  return { api, home, customer, stranger, browser, page, complaints };
}

/** Waits until the frame is exactly as high as what is in it. */
async function fitted(page: Page): Promise<number> {
  await page.waitForFunction("document.querySelector('iframe').style.height !== '600px'");
  await page.frames()[1]?.waitForFunction('Math.abs(document.body.getBoundingClientRect().height - innerHeight) < 1');
  return (await page.locator('iframe').boundingBox())?.height ?? 0;
}

test('A15: a form on the customer’s site is mended and sent in its frame, which follows its height', async () => {
  const { api, customer, page, complaints } = await world();
  await page.goto(customer);
  const form = page.frameLocator('iframe');
  const before = await fitted(page);
  await form.getByLabel('E-mail').fill('ada');
  await form.getByRole('button', { name: 'Send' }).click();
  await form.getByText('This is not an e-mail address.').waitFor();
  await expect.poll(() => fitted(page)).toBeGreaterThan(before);
  await form.getByLabel('E-mail').fill('ada@bücher.example');
  await form.getByRole('button', { name: 'Send' }).click();
  await form.getByRole('heading', { name: 'Thank you' }).waitFor();
  await expect.poll(() => fitted(page)).toBeLessThan(before);
  await form.getByText('The work begins.').waitFor();
  const [jobId = ''] = api.temporal.started;
  expect(api.temporal.started).toHaveLength(1);
  await endJob(api.store, jobId);
  await form.getByText('The work is done.').waitFor();
  expect(complaints.filter((text) => !text.includes('422'))).toEqual([]);
});

test('on a site that is not named the browser shows no form', async () => {
  const { stranger, page, complaints } = await world();
  for (const path of ['/', '/bare']) {
    complaints.length = 0;
    await page.goto(`${stranger}${path}`);
    await expect.poll(() => complaints.join('\n')).toContain('frame-ancestors');
    expect(await page.frameLocator('iframe').getByLabel('E-mail').count()).toBe(0);
  }
});

test('a page of another site that posts to the form starts nothing, with no token or with a true one', async () => {
  const { api, home, stranger, browser } = await world();
  const loaded = await (await fetch(`${home}/f/test/embed`)).text();
  const hidden = loaded.match(/<input type="hidden"[^>]*>/g)?.join('') ?? '';
  expect(hidden).toContain('_token');
  for (const parts of ['', hidden]) {
    const visit = await browser.newPage();
    await visit.goto(stranger);
    const answered = visit.waitForResponse(`${home}/f/test/embed`);
    const form = `<form method="post" action="${home}/f/test/embed">${parts}<input name="email" value="eve@example.com"></form>`;
    await visit.evaluate(`document.body.innerHTML = ${JSON.stringify(form)}; document.forms[0].submit()`);
    expect((await answered).status()).toBe(403);
  }
  expect(api.temporal.started).toEqual([]);
});

test('in a sandboxed frame the visitor sees why the form cannot be sent', async () => {
  const { api, customer, page } = await world();
  await page.goto(`${customer}/told`);
  const sentence = page.frameLocator('iframe').getByText('This form stands in a sandboxed frame');
  await sentence.waitFor();
  await page.goto(`${customer}/sandboxed`);
  await page.frameLocator('iframe').getByLabel('E-mail').fill('ada@example.com');
  await page.frameLocator('iframe').getByRole('button', { name: 'Send' }).click();
  await page.frameLocator('iframe').getByRole('heading', { name: 'That came from another site' }).waitFor();
  expect(await sentence.isVisible()).toBe(true);
  expect(api.temporal.started).toEqual([]);
});

test('a message that does not come from the form leaves the frame as high as it is', async () => {
  const { customer, page } = await world();
  await page.goto(customer);
  const height = await fitted(page);
  await page.evaluate(`new Promise((resolve) => {
    addEventListener('message', resolve, { once: true });
    postMessage({ type: 'lodestone:height', height: 5 }, '*');
  }).then(() => true)`);
  expect(await fitted(page)).toBe(height);
});

test('the form keeps the campaign that led to the page, is filled in with what the page names, and with no more', async () => {
  const { api, customer, page } = await world({
    fields: [
      { id: 'email', type: 'email', label: 'E-mail', required: true, prefill: true },
      { id: 'session', type: 'text', label: 'Session', prefill: true },
      { id: 'utm_source', type: 'hidden', label: 'Source', prefill: true },
    ],
  });
  await page.goto(`${customer}/?utm_source=news%26co&email=ada%40example.com&session=private`);
  const form = page.frameLocator('iframe');
  await form.getByRole('button', { name: 'Send' }).waitFor();
  expect(page.frames()[1]?.url()).not.toContain('private');
  expect(await form.getByLabel('Session').inputValue()).toBe('');
  api.temporal.reachable = false;
  await form.getByRole('button', { name: 'Send' }).click();
  await form.getByRole('heading', { name: 'Thank you' }).waitFor();
  const [kept] = await api.store.acrossTenants.jobsNotHandedOver(new Date(Date.now() + 60_000), 10);
  expect(kept?.input.form).toEqual({ email: 'ada@example.com', utm_source: 'news&co' });
});
