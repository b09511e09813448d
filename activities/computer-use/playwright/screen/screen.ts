/** Pictures of the page, taken the fast way (which waits for no font), and waiting until the page stands still. */
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
/** Above this size a picture-rich page goes as JPEG, which is then several times smaller and quicker to make. */
const largestPngBytes = 300 * 1024;
/** How long a page that keeps moving (a carousel, a video) is waited for. */
const stillMilliseconds = 1_000;
/** Longer than a frame of the display: what is drawn with a picture, or right after it, has arrived by then. */
const frameMilliseconds = 20;
/** The same for a page which an action has not changed: perhaps it only begins to. */
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

/** How long the page may take to draw its next frame; a busy one is not waited for. */
const drawMilliseconds = 500;
const nextFrame = 'new Promise((draw) => requestAnimationFrame(() => setTimeout(draw)))';

/** Waits until the page has drawn what an action did: only then has it scrolled, and asked for where a link leads. */
export async function drawn(cdp: CDPSession, signal: AbortSignal): Promise<void> {
  const call = cdp.send('Runtime.evaluate', { expression: nextFrame, awaitPromise: true });
  // A page that goes away in the middle draws nothing.
  const sign = call.then(
    () => undefined,
    () => undefined,
  );
  await waitAtMost(sign, drawMilliseconds, signal);
}

/** How the screen was last seen. */
export interface LastSight {
  readonly picture: Screenshot;
  readonly url: string;
}

/**
 * Waits for pages and data that were asked for since a moment of `performance.now()`, then takes a picture that the screen
 * does not change after; both bounded. The picture is the one that is sent: it costs no other.
 * Meanwhile the page is inspected, as it stands in the picture.
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
