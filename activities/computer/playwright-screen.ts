/** Pictures of the page, taken the fast way (which waits for no font), and waiting until the page stands still. */
import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { CDPSession, Page } from 'playwright-core';
import type { Screenshot } from '../ports.ts';
import { bounded } from './playwright-bounds.ts';
import type { Watch } from './playwright-watch.ts';

export interface Capture extends Screenshot {
  readonly hash: string;
}

const jpegQuality = 80;
/** How long a page that loads is waited for; one that loads longer is shown as it is. */
const loadMilliseconds = 10_000;
/** How long a page that keeps moving (a carousel, a video) is waited for. */
const stillMilliseconds = 1_000;
/** Lets a click begin a navigation or a repaint before the first look. */
const firstPauseMilliseconds = 30;
const pauseMilliseconds = 40;

/** One try of a picture: a page that is being replaced by another does not answer, or says that it is gone. */
const tryMilliseconds = 1_500;
const triesMilliseconds = 12_000;

/** Takes a picture, trying again while a navigation replaces the page under it. */
export async function capture(page: Page, cdp: CDPSession, format: 'png' | 'jpeg'): Promise<Capture> {
  const options = format === 'png' ? { format } : { format, quality: jpegQuality };
  const until = performance.now() + triesMilliseconds;
  for (;;) {
    try {
      const call = cdp.send('Page.captureScreenshot', { ...options, optimizeForSpeed: true });
      const { data } = await bounded(call, 'taking a screenshot', tryMilliseconds);
      const bytes = Buffer.from(data, 'base64');
      const hash = createHash('sha256').update(bytes).digest('hex');
      return { bytes, mediaType: format === 'png' ? 'image/png' : 'image/jpeg', hash };
    } catch (error) {
      if (page.isClosed() || performance.now() > until) throw error;
      await delay(pauseMilliseconds);
    }
  }
}

/** Waits for a load that was begun, then until two pictures in a row are the same; both bounded. Returns the last. */
export async function settle(page: Page, cdp: CDPSession, watch: Watch, signal: AbortSignal): Promise<Capture> {
  await delay(firstPauseMilliseconds, undefined, { signal });
  if (watch.isNavigating(page)) await loaded(page);
  await watch.left(page);
  const until = performance.now() + stillMilliseconds;
  let last = await capture(page, cdp, 'png');
  while (performance.now() < until) {
    await delay(pauseMilliseconds, undefined, { signal });
    if (watch.isNavigating(page)) await loaded(page);
    await watch.left(page);
    const next = await capture(page, cdp, 'png');
    if (next.hash === last.hash) return next;
    last = next;
  }
  return last;
}

async function loaded(page: Page): Promise<void> {
  try {
    await page.waitForLoadState('load', { timeout: loadMilliseconds });
  } catch {
    // A page that does not finish loading is looked at as it stands.
  }
}
