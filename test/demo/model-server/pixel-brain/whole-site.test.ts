/** The brain against the real site in a real browser, with interruptions where they hurt. */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { BrainAnswer } from '../../../../demo/model-server/brains/brain.ts';
import { business, prices } from '../../../../demo/sample-site/business.ts';
import { startSampleSite, type SampleSite } from '../../../../demo/sample-site/server.ts';
import { launchChromium } from '../../../support/browser/chromium.ts';
import { drive } from './drive.ts';

const text = { type: 'string' };
const list = (...names: string[]) => ({
  type: 'array',
  items: { type: 'object', properties: Object.fromEntries(names.map((name) => [name, text])) },
});
const outputSchema = {
  type: 'object',
  properties: {
    prices: list('service', 'price'),
    contact: { type: 'object', properties: { phone: text, email: text, address: text } },
    problems: list('page', 'description'),
    summary: text,
  },
};

let browser: Browser;
let site: SampleSite;
let context: BrowserContext;
let page: Page;

beforeAll(async () => {
  browser = await launchChromium();
});

beforeEach(async () => {
  site = await startSampleSite();
  await freshBrowser();
});

afterEach(async () => {
  await context.close();
  await site.close();
});

afterAll(() => browser.close());

async function freshBrowser(path = '/'): Promise<void> {
  context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  page = await context.newPage();
  await page.goto(site.url + path);
}

function textOf(answer: BrainAnswer): string {
  return answer.kind === 'text' ? answer.text : `not a text: ${answer.kind}`;
}

const isSending = (answer: BrainAnswer) => answer.kind === 'computer' && answer.say === 'Sending the test enquiry.';

async function click(answer: BrainAnswer): Promise<void> {
  const [action] = answer.kind === 'computer' ? answer.actions : [];
  if (action?.type === 'click') await page.mouse.click(action.x, action.y);
}

describe('the pixel brain on the sample site', { timeout: 60_000 }, () => {
  it('finds prices, contact and faults, and sends one enquiry', async () => {
    const { answer, iterations } = await drive(page, { outputSchema });
    expect(iterations).toBeGreaterThanOrEqual(12);
    expect(iterations).toBeLessThanOrEqual(30);
    expect(JSON.parse(textOf(answer))).toEqual({
      prices: prices.map(({ service, price }) => ({ service, price })),
      contact: { phone: business.phoneOnContact, email: business.email, address: business.address },
      problems: [
        { page: 'home', description: expect.stringContaining('cookie banner') },
        { page: 'home', description: expect.stringContaining(business.bookingError) },
        { page: 'contact', description: expect.stringContaining(business.phoneOnHome) },
      ],
      summary: expect.stringContaining('6 pages read, 7 prices and 3 problems'),
    });
    expect(site.submissions).toHaveLength(1);
  });

  it('does the same with the preview form of the tool, one action a call', async () => {
    const { answer, iterations, actionCounts } = await drive(page, { tool: 'preview' });
    expect(iterations).toBeLessThanOrEqual(30);
    expect(new Set(actionCounts)).toEqual(new Set([1]));
    expect(textOf(answer)).toContain('Full overhaul: €189');
    expect(textOf(answer)).toContain('the site confirmed it');
    expect(site.submissions).toHaveLength(1);
  });

  it('sends the enquiry after an interruption that came before it was sent', async () => {
    const stopped = await drive(page, { stopBefore: isSending });
    await page.goto(`${site.url}/contact`);
    const reported = 'This one is uncertain, it may have happened: click at 194,637.';
    const { answer } = await drive(page, { memory: stopped.memory, reported });
    expect(textOf(answer)).toContain('the site confirmed it');
    expect(site.submissions).toHaveLength(1);
  });

  it('does not send it again after an interruption that came after it was sent', async () => {
    const stopped = await drive(page, { stopBefore: isSending });
    await click(stopped.answer);
    await page.waitForURL('**/contact/thanks');
    await page.goto(`${site.url}/contact`);
    const reported = 'This one is uncertain, it may have happened: click at 194,637.';
    const { answer } = await drive(page, { memory: stopped.memory, reported });
    expect(textOf(answer)).toContain('the site confirmed it');
    expect(site.submissions).toHaveLength(1);
  });

  it('does not send it again in a new browser, whose visitor the site does not know', async () => {
    const stopped = await drive(page, { stopBefore: isSending });
    await click(stopped.answer);
    await page.waitForURL('**/contact/thanks');
    await context.close();
    await freshBrowser();
    const { answer } = await drive(page, {
      memory: stopped.memory,
      reported: 'This one is uncertain: click at 194,637.',
    });
    expect(textOf(answer)).toContain('may have been sent before an interruption');
    expect(site.submissions).toHaveLength(1);
  });

  it('sends nothing when it remembers nothing and is informed that something may have happened', async () => {
    const { answer } = await drive(page, {
      reported: 'This one is uncertain, it may have happened: click at 194,637.',
    });
    expect(textOf(answer)).toContain('may have been sent before an interruption');
    expect(textOf(answer)).toContain('Full overhaul: €189');
    expect(site.submissions).toHaveLength(0);
  });

  it('goes on from the page that it finds itself on', async () => {
    const stopped = await drive(page, { stopBefore: isSending });
    await page.goto(`${site.url}/about`);
    const { answer } = await drive(page, { memory: stopped.memory, reported: 'These did not run: click at 194,637.' });
    expect(textOf(answer)).toContain('the site confirmed it');
    expect(site.submissions).toHaveLength(1);
  });

  it('finds a way out of a dead end in a new browser, which has nothing to go back to', async () => {
    const stopped = await drive(page, {
      stopBefore: (answer) => answer.kind === 'computer' && answer.say === 'Going back.',
    });
    await context.close();
    await freshBrowser('/book');
    const { answer } = await drive(page, { memory: stopped.memory, reported: 'These did not run: click at 640,400.' });
    expect(textOf(answer)).toContain('the site confirmed it');
    expect(site.submissions).toHaveLength(1);
  });

  it('says that it sees no strip on a site without one', async () => {
    const plain = await startSampleSite({ strip: false });
    await page.goto(plain.url);
    const { answer } = await drive(page);
    expect(textOf(answer)).toContain('I see no state strip');
    await plain.close();
  });
});
