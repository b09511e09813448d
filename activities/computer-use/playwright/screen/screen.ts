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
/** How long the screen is watched since its picture was asked for: more than two display frames. */
const watchMilliseconds = 40;
/** How long it is watched at least since its picture has arrived: frames may arrive after it. */
const lateMilliseconds = 8;
/** How long a page that an action has not changed is watched since the action: the change may be about to begin. */
const unchangedMilliseconds = 120;

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

/** What the screen is settled for. */
export interface Settling {
  /** When the newest action began and ended, on the clock of `performance.now()`. */
  readonly acted: { readonly from: number; readonly to: number };
  /** Waits for what that action leads to; true when a page or its data had to be waited for. */
  readonly followed: () => Promise<boolean>;
  readonly before: LastSight | null;
}

/**
 * Waits for pages and data that were requested since an action, and then takes a screenshot after which the screen does not
 * change; both have time limits. This screenshot is the one that is sent, so no second one is needed. Meanwhile the page is
 * inspected in the same state. The first screenshot is taken while the page draws what the action changed: most often nothing
 * else follows.
 */
export async function settle<T>(
  screen: Screen,
  { acted, followed, before }: Settling,
  inspect: () => Promise<T>,
  signal: AbortSignal,
): Promise<{ readonly picture: Screenshot; readonly inspected: T }> {
  const { frames, page, watch } = screen;
  const until = performance.now() + stillMilliseconds;
  let format: PictureFormat = before?.url === page.url() && before.picture.mediaType === 'image/jpeg' ? 'jpeg' : 'png';
  frames.start();
  try {
    for (;;) {
      if (!watch.isQuiet(acted.from)) await watch.quiet(acted.from, signal);
      const asked = performance.now();
      frames.mark();
      const picture = await captureBeside(screen, format, followed, signal);
      if (picture === null) continue;
      if (format === 'png' && picture.bytes.byteLength > largestPngBytes) {
        format = 'jpeg';
        continue;
      }
      const isUnchanged = before !== null && Buffer.compare(before.picture.bytes, picture.bytes) === 0;
      const end = isUnchanged
        ? Math.max(acted.to + unchangedMilliseconds, asked + watchMilliseconds)
        : asked + watchMilliseconds;
      const left = Math.max(lateMilliseconds, end - performance.now());
      const [changes, inspected] = await Promise.all([frames.changesWithin(left, signal), inspect()]);
      if ((!changes && watch.isQuiet(acted.from)) || performance.now() > until) return { picture, inspected };
    }
  } finally {
    frames.stop();
  }
}

/** Null when the action turned out to load a page or data meanwhile: the picture would show what was before. */
async function captureBeside(
  screen: Screen,
  format: PictureFormat,
  followed: Settling['followed'],
  signal: AbortSignal,
): Promise<Screenshot | null> {
  const stop = new AbortController();
  const picture = capture(screen, format, AbortSignal.any([signal, stop.signal]));
  picture.catch(() => undefined);
  if (!(await followed())) return picture;
  stop.abort();
  return null;
}
