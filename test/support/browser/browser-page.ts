/** A page in a real Chromium, which notes what the browser complains of. */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { launchChromium } from './chromium.ts';

export interface WatchedPage {
  readonly browser: Browser;
  readonly page: Page;
  /** Errors of scripts, and what the browser refused, as by a content security policy. */
  readonly complaints: string[];
}

/** The browser is closed when the test is over. */
export async function openPage(options: BrowserContextOptions = {}): Promise<WatchedPage> {
  const browser = await launchChromium();
  onTestFinished(() => browser.close());
  // In a context, so that the test can open a second page beside it.
  const page = await (await browser.newContext(options)).newPage();
  const complaints: string[] = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  return { browser, page, complaints };
}
