import jpeg from 'jpeg-js';
import { PNG } from 'pngjs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { business, prices } from '../../../demo/sample-site/business.ts';
import { startSampleSite, type SampleSite } from '../../../demo/sample-site/server.ts';
import { decode } from '../../../demo/state-strip/decode.ts';
import { PageStateSchema, type PageState } from '../../../demo/state-strip/page-state.ts';
import { launchChromium } from '../../support/browser/chromium.ts';

let browser: Browser;
let site: SampleSite;

beforeAll(async () => {
  [browser, site] = await Promise.all([launchChromium(), startSampleSite()]);
});

afterAll(async () => {
  await browser.close();
  await site.close();
});

async function visit(path: string, { consented = true, width = 1280, url = site.url } = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: { width, height: 800 } });
  if (consented) await context.addCookies([{ name: 'cookie_consent', value: 'all', url }]);
  const page = await context.newPage();
  await page.goto(`${url}${path}`);
  return page;
}

async function stateOf(page: Page): Promise<PageState> {
  return read(PNG.sync.read(await page.screenshot()));
}

function read(picture: Parameters<typeof decode>[0]): PageState {
  const reading = decode(picture);
  return PageStateSchema.parse('payload' in reading ? reading.payload : reading);
}

async function send(page: Page, url: string, message: string): Promise<void> {
  await page.goto(`${url}/contact`);
  await page.fill('[name=name]', 'Ada');
  await page.fill('[name=email]', 'ada@example.com');
  await page.fill('[name=message]', message);
  await page.click('[data-target=send]');
  await page.waitForURL('**/contact/thanks');
}

describe('the sample site’s state strip', () => {
  const pages = [
    ['/', 'home'],
    ['/services', 'services'],
    ['/prices', 'prices'],
    ['/about', 'about'],
    ['/contact', 'contact'],
    ['/contact/thanks', 'thanks'],
    ['/book', 'error'],
    ['/nowhere', 'missing'],
  ] as const;

  it.each(pages)('of %s is read from a PNG and from a JPEG alike', async (path, id) => {
    const page = await visit(path);
    const fromPng = await stateOf(page);
    const fromJpeg = read(jpeg.decode(await page.screenshot({ type: 'jpeg', quality: 80 }), { useTArray: true }));
    expect(fromPng.page).toBe(id);
    expect(fromJpeg).toEqual(fromPng);
    await page.context().close();
  });

  it('is read at the width of a phone', async () => {
    const page = await visit('/prices', { width: 390 });
    expect((await stateOf(page)).facts).toMatchObject({ 'price:Puncture repair': '€18' });
    await page.context().close();
  });

  it('shows nothing of a page that the cookie banner covers, until it is answered', async () => {
    const page = await visit('/', { consented: false });
    const covered = await stateOf(page);
    expect(covered).toMatchObject({ flags: ['cookie-banner'], facts: {} });
    expect(Object.keys(covered.targets)).toEqual(['cookies', 'cookies-necessary']);

    const [x, y] = covered.targets['cookies'] ?? [0, 0];
    await page.mouse.click(x, y);
    const open = await stateOf(page);
    expect(open).toMatchObject({ flags: [], facts: { phone: business.phoneOnHome } });
    await page.reload();
    expect((await stateOf(page)).flags).toEqual([]);
    await page.context().close();
  });

  it('shows only what lies in the viewport, and follows the scrolling', async () => {
    const page = await visit('/');
    const top = await stateOf(page);
    expect(top).toMatchObject({ above: false, below: true });
    expect(top.facts).not.toHaveProperty('hours');
    await page.mouse.move(640, 400);
    await page.mouse.wheel(0, 5_000);
    await expect
      .poll(() => stateOf(page))
      .toMatchObject({ above: true, below: false, facts: { hours: business.hours } });
    await page.context().close();
  });

  it('has a higher stamp after every event, and a page loaded later says so', async () => {
    const page = await visit('/contact');
    const before = await stateOf(page);
    expect((await stateOf(page)).stamp).toBe(before.stamp);
    await page.mouse.click(5, 300);
    const after = await stateOf(page);
    expect(after.stamp).toBeGreaterThan(before.stamp);
    expect(after.loaded).toBe(before.loaded);
    await page.reload();
    expect((await stateOf(page)).loaded).toBeGreaterThan(after.stamp);
    await page.context().close();
  });

  it('shows how much is in the fields and which one has the keyboard', async () => {
    const page = await visit('/contact');
    expect(await stateOf(page)).toMatchObject({ fields: { name: 0, email: 0, message: 0 }, focus: '' });
    const [x, y] = (await stateOf(page)).targets['field:email'] ?? [0, 0];
    await page.mouse.click(x, y);
    await page.keyboard.type('ada@example.com');
    expect(await stateOf(page)).toMatchObject({ fields: { name: 0, email: 15, message: 0 }, focus: 'email' });
    await page.context().close();
  });

  it('can be left out', async () => {
    const plain = await startSampleSite({ strip: false });
    const page = await visit('/', { url: plain.url });
    expect(decode(PNG.sync.read(await page.screenshot()))).toEqual({ problem: 'absent' });
    await page.context().close();
    await plain.close();
  });
});

describe('the sample site', () => {
  it('shows every price', async () => {
    const text = await (await fetch(`${site.url}/prices`)).text();
    for (const { service, price } of prices) expect(text).toMatch(new RegExp(`${service}[^€]*${price}<`));
  });

  it('takes an enquiry, and says so to the same visitor only', async () => {
    const page = await visit('/');
    await send(page, site.url, 'Do you repair tandems?');
    expect((await stateOf(page)).flags).toEqual(['sent']);
    await page.goto(`${site.url}/contact`);
    expect(await stateOf(page)).toMatchObject({ flags: ['sent'], fields: { name: 0, email: 0, message: 0 } });
    const other = await visit('/contact');
    expect((await stateOf(other)).flags).toEqual([]);
    expect(site.submissions).toMatchObject([{ name: 'Ada', message: 'Do you repair tandems?', duplicate: false }]);
    await Promise.all([page.context().close(), other.context().close()]);
  });

  it('counts the second of two equal enquiries as a duplicate', async () => {
    const own = await startSampleSite();
    const page = await visit('/', { url: own.url });
    await send(page, own.url, 'Once, please');
    await send(page, own.url, 'Once, please');
    expect(own.submissions.map((submission) => submission.duplicate)).toEqual([false, true]);
    const EffectsSchema = z.object({ duplicates: z.number(), submissions: z.array(z.unknown()) });
    const effects = EffectsSchema.parse(await (await fetch(`${own.url}/_control/effects`)).json());
    expect(effects).toMatchObject({ duplicates: 1 });
    expect(effects.submissions).toHaveLength(2);
    await page.context().close();
    await own.close();
  });

  it('refuses an incomplete enquiry and counts nothing', async () => {
    const sentBefore = site.submissions.length;
    const body = new URLSearchParams({ name: 'Ada', email: 'nowhere', message: 'Hello' });
    const response = await fetch(`${site.url}/contact`, { method: 'POST', body });
    expect(response.status).toBe(422);
    expect(site.submissions).toHaveLength(sentBefore);
  });

  it('has two faults worth finding: a booking that fails, and telephone numbers that differ', async () => {
    const [booking, home, contact] = await Promise.all(
      ['/book', '/', '/contact'].map((path) => fetch(site.url + path)),
    );
    expect(booking?.status).toBe(500);
    expect(await home?.text()).toContain(business.phoneOnHome);
    expect(await contact?.text()).toContain(business.phoneOnContact);
    expect(site.requests).toContainEqual(expect.objectContaining({ method: 'GET', path: '/book', status: 500 }));
  });
});
