/** Pictures of the page, taken the fast way (which waits for no font), and waiting until the page stands still. */
import { setTimeout as delay } from 'node:timers/promises';
import type { CDPSession, Page } from 'playwright-core';
import type { Screenshot } from '../ports.ts';
import { bounded } from './playwright-bounds.ts';
import type { Watch } from './playwright-watch.ts';

export interface Screen {
  readonly page: Page;
  readonly cdp: CDPSession;
  readonly watch: Watch;
}

export type PictureFormat = 'png' | 'jpeg';

const jpegQuality = 80;
/** Above this size a picture-rich page goes as JPEG, which is then several times smaller and quicker to make. */
const largestPngBytes = 300 * 1024;
/** How long a page that keeps moving (a carousel, a video) is waited for. */
const stillMilliseconds = 1_000;
/** A second look at a page which an action has not changed: perhaps it only begins to. */
const unchangedMilliseconds = 100;

/** One try of a picture: a page that is being replaced by another does not answer, or says that it is gone. */
const tryMilliseconds = 1_500;
const triesMilliseconds = 12_000;
const pauseMilliseconds = 40;

/** Takes a picture, trying again while a navigation replaces the page under it. */
export async function capture({ page, cdp }: Screen, format: PictureFormat, signal: AbortSignal): Promise<Screenshot> {
  const options = format === 'png' ? { format } : { format, quality: jpegQuality };
  const until = performance.now() + triesMilliseconds;
  for (;;) {
    signal.throwIfAborted();
    try {
      const call = cdp.send('Page.captureScreenshot', { ...options, optimizeForSpeed: true });
      const { data } = await bounded(call, 'taking a screenshot', tryMilliseconds);
      return { bytes: Buffer.from(data, 'base64'), mediaType: format === 'png' ? 'image/png' : 'image/jpeg' };
    } catch (error) {
      if (page.isClosed() || performance.now() > until) throw error;
      await delay(pauseMilliseconds, undefined, { signal });
    }
  }
}

/**
 * Waits for pages and data that were asked for since a moment of `performance.now()`, then until two pictures in a row are
 * the same; both bounded. Returns the last. `before` is how the screen was: one that has not changed is given more time.
 */
export async function settle(
  screen: Screen,
  since: number,
  before: Screenshot | null,
  signal: AbortSignal,
): Promise<Screenshot> {
  const { watch } = screen;
  const until = performance.now() + stillMilliseconds;
  let format: PictureFormat = before?.mediaType === 'image/jpeg' ? 'jpeg' : 'png';
  let last: Screenshot | null = null;
  for (;;) {
    if (!watch.isQuiet(since)) await watch.quiet(since, signal);
    const next = await capture(screen, format, signal);
    const isLarge = format === 'png' && next.bytes.byteLength > largestPngBytes;
    const isStill = last !== null && same(last, next) && watch.isQuiet(since);
    if (!isLarge && (isStill || performance.now() > until)) return next;
    if (isLarge) format = 'jpeg';
    if (last === null && before !== null && same(before, next)) {
      await delay(unchangedMilliseconds, undefined, { signal });
    }
    last = next;
  }
}

function same(one: Screenshot, other: Screenshot): boolean {
  return Buffer.compare(one.bytes, other.bytes) === 0;
}
