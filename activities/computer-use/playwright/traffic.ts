/**
 * What a tab is still waiting for: a page that is to come, and what the page fetches. A picture cannot show it: until the
 * server answers, the old page stands still.
 */
import type { Page, Request } from 'playwright-core';
import { waitAtMost } from './screen/bounds.ts';

/** From the word that a page is asked for to its request; one that becomes a download or another program has none. */
const announcedMilliseconds = 2_000;
/** From the request of a page to its document. */
const documentMilliseconds = 10_000;
/** From its document to everything in it; trackers and slow pictures are not worth more. */
const restMilliseconds = 3_000;
/** How long is waited for what a page fetches by script; some pages leave such a request open for good. */
const fetchMilliseconds = 500;

export class Traffic {
  /** A page that is to come, and until when it is waited for. */
  private navigation: { until: number; committed: boolean } | null = null;
  private readonly fetches = new Map<Request, number>();
  private changed = Promise.withResolvers<void>();

  constructor(page: Page) {
    page.on('request', (request) => {
      if (isOfTab(request)) {
        this.navigation = { until: performance.now() + documentMilliseconds, committed: false };
        this.fetches.clear();
      } else if (['fetch', 'xhr'].includes(request.resourceType())) {
        this.fetches.set(request, performance.now());
      }
    });
    page.on('framenavigated', (frame) => {
      if (this.navigation !== null && frame === page.mainFrame()) this.navigation.committed = true;
    });
    // The page that is left may still load meanwhile.
    page.on('domcontentloaded', () => {
      if (this.navigation?.committed !== true) return;
      this.navigation.until = performance.now() + restMilliseconds;
      this.notify();
    });
    page.on('load', () => {
      if (this.navigation?.committed === true) this.endNavigation();
    });
    page.on('requestfinished', (request) => this.endRequest(request));
    page.on('requestfailed', (request) => {
      if (isOfTab(request)) this.endNavigation();
      this.endRequest(request);
    });
    page.on('close', () => this.endNavigation());
    page.on('crash', () => this.endNavigation());
  }

  /** A page is asked for; its request follows. */
  announce(): void {
    this.navigation ??= { until: performance.now() + announcedMilliseconds, committed: false };
  }

  /** Waits for a page that is to come, and for what was fetched since a moment of `performance.now()`; all bounded. */
  async quiet(since: number, signal: AbortSignal): Promise<void> {
    for (;;) {
      const left = this.millisecondsLeft(since);
      if (left <= 0) break;
      await waitAtMost(this.changed.promise, left, signal);
    }
    // Whatever has not come by now is not waited for again.
    this.navigation = null;
    this.fetches.clear();
  }

  isQuiet(since: number): boolean {
    return this.millisecondsLeft(since) <= 0;
  }

  private millisecondsLeft(since: number): number {
    const now = performance.now();
    if (this.navigation !== null) return this.navigation.until - now;
    const begun = [...this.fetches.values()].filter((at) => at >= since);
    return begun.length === 0 ? 0 : Math.min(...begun) + fetchMilliseconds - now;
  }

  private endNavigation(): void {
    this.navigation = null;
    this.notify();
  }

  private endRequest(request: Request): void {
    if (this.fetches.delete(request)) this.notify();
  }

  private notify(): void {
    this.changed.resolve();
    this.changed = Promise.withResolvers<void>();
  }
}

/** Whether a request takes a tab somewhere, not a frame in it. That of a new tab comes before its frame is there. */
export function isOfTab(request: Request): boolean {
  return request.isNavigationRequest() && (isOfNewTab(request) || request.frame().parentFrame() === null);
}

/** Whether a request is the first of a tab that is yet to come. */
export function isOfNewTab(request: Request): boolean {
  if (!request.isNavigationRequest()) return false;
  try {
    request.frame();
    return false;
  } catch {
    return true;
  }
}
