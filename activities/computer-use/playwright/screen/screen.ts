/** Takes screenshots of the page by the fast method, which does not wait for fonts, after the page has settled. */
import { setTimeout as delay } from 'node:timers/promises';
import type { CDPSession, Page } from 'playwright-core';
import type { Screenshot } from '../../../ports.ts';
import { bounded, waitAtMost } from './bounds.ts';
import type { Frames } from './frames.ts';
import type { Watch } from '../watch.ts';

export interface Screen {
  readonly page: Page;
  readonly cdp: CDPSession;
  readonly frames: Frames;
  readonly watch: Watch;
}

export type PictureFormat = 'png' | 'jpeg';

const jpegQuality = 80;
/**
 * Larger screenshots of pages full of pictures are sent as JPEG, which is several times smaller and faster to encode.
 */
const largestPngBytes = 300 * 1024;
/** How long to wait for a page that keeps moving (a carousel, a video). */
const stillMilliseconds = 1_000;
/** Longer than one display frame: whatever is drawn with a screenshot, or right after it, has arrived by then. */
const frameMilliseconds = 20;
/** The same for a page that the action has not changed yet: the change may be about to begin. */
const unchangedMilliseconds = 100;

/**
 * Time limit for one try of a screenshot: a page that is being replaced does not answer, or reports that it is gone.
 */
const tryMilliseconds = 1_500;
const triesMilliseconds = 12_000;
const pauseMilliseconds = 40;

/** Takes a screenshot, and tries again while a navigation replaces the page. */
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

/** How long to wait for the page's next frame; a busy page is not waited for longer. */
const drawMilliseconds = 500;
const nextFrame = 'new Promise((draw) => requestAnimationFrame(() => setTimeout(draw)))';

/**
 * Waits until the page has rendered the effect of an action: only then has it scrolled, and requested a link's target.
 */
export async function drawn(cdp: CDPSession, signal: AbortSignal): Promise<void> {
  const call = cdp.send('Runtime.evaluate', { expression: nextFrame, awaitPromise: true });
  // A page that navigates away meanwhile renders nothing.
  const sign = call.then(
    () => undefined,
    () => undefined,
  );
  await waitAtMost(sign, drawMilliseconds, signal);
}

/** What the last screenshot showed. */
export interface LastSight {
  readonly picture: Screenshot;
  readonly url: string;
}

/**
 * Waits for pages and data that were requested since a moment of `performance.now()`, and then takes a screenshot after
 * which the screen does not change; both have time limits. This screenshot is the one that is sent, so no second one is
 * needed. Meanwhile the page is inspected in the same state.
 */
export async function settle<T>(
  screen: Screen,
  since: number,
  before: LastSight | null,
  inspect: () => Promise<T>,
  signal: AbortSignal,
): Promise<{ readonly picture: Screenshot; readonly inspected: T }> {
  const { frames, page, watch } = screen;
  const until = performance.now() + stillMilliseconds;
  let format: PictureFormat = before?.url === page.url() && before.picture.mediaType === 'image/jpeg' ? 'jpeg' : 'png';
  frames.start();
  try {
    for (;;) {
      if (!watch.isQuiet(since)) await watch.quiet(since, signal);
      const picture = await capture(screen, format, signal);
      if (format === 'png' && picture.bytes.byteLength > largestPngBytes) {
        format = 'jpeg';
        continue;
      }
      const isUnchanged = before !== null && Buffer.compare(before.picture.bytes, picture.bytes) === 0;
      const milliseconds = isUnchanged ? unchangedMilliseconds : frameMilliseconds;
      const [changes, inspected] = await Promise.all([frames.changesWithin(milliseconds, signal), inspect()]);
      if ((!changes && watch.isQuiet(since)) || performance.now() > until) return { picture, inspected };
    }
  } finally {
    frames.stop();
  }
}
