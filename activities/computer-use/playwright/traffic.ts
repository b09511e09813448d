/**
 * Tracks what a tab is waiting for: a page that is loading, and data that the page fetches. A screenshot cannot show
 * it, because the old page stays visible until the server answers.
 */
import type { CDPSession, Page, Request } from 'playwright-core';
import { bounded, waitAtMost } from './screen/bounds.ts';

/**
 * Time from the announcement of a navigation to its request; a navigation that becomes a download or opens another
 * program has none.
 */
const announcedMilliseconds = 2_000;
/** Time from the first byte of a page to its document. */
const documentMilliseconds = 10_000;
/** Time from the document to all of its resources; trackers and slow pictures are not worth a longer wait. */
const restMilliseconds = 3_000;
/** How long to wait for what a page fetches by script; some pages keep such a request open for good. */
const fetchMilliseconds = 500;

interface TrafficSettings {
  /** Time from the request of a page to its first byte. */
  readonly navigationMilliseconds: number;
  /** Takes the address of a page whose request was given up. */
  readonly onGivenUp: (url: string) => void;
}

interface Navigation {
  /** Until when it is waited for. */
  readonly until: number;
  /** Null while it is only announced. */
  readonly url: string | null;
  /** Whether the page has replaced the previous one. */
  readonly committed: boolean;
}

export class Traffic {
  private readonly settings: TrafficSettings;
  /** A page that is loading. */
  private navigation: Navigation | null = null;
  private cdp: CDPSession | null = null;
  private readonly fetches = new Map<Request, number>();
  private changed = Promise.withResolvers<void>();

  constructor(page: Page, settings: TrafficSettings) {
    this.settings = settings;
    page.on('request', (request) => {
      if (isOfTab(request)) {
        const until = performance.now() + settings.navigationMilliseconds;
        this.navigation = { until, url: request.url(), committed: false };
        this.fetches.clear();
      } else if (['fetch', 'xhr'].includes(request.resourceType())) {
        this.fetches.set(request, performance.now());
      }
    });
    page.on('framenavigated', (frame) => {
      if (this.navigation === null || frame !== page.mainFrame()) return;
      const milliseconds = Math.min(documentMilliseconds, settings.navigationMilliseconds);
      this.navigation = { ...this.navigation, until: performance.now() + milliseconds, committed: true };
      this.notify();
    });
    // The previous page may still be loading meanwhile.
    page.on('domcontentloaded', () => {
      if (this.navigation?.committed !== true) return;
      this.navigation = { ...this.navigation, until: performance.now() + restMilliseconds };
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

  /** The session by which a page can be given up. */
  attach(cdp: CDPSession): void {
    this.cdp = cdp;
  }

  /** A navigation was announced; its request follows. */
  announce(): void {
    this.navigation ??= { until: performance.now() + announcedMilliseconds, url: null, committed: false };
  }

  /** Waits for loading pages, and for fetches since a moment of `performance.now()`; all with time limits. */
  async quiet(since: number, signal: AbortSignal): Promise<void> {
    for (;;) {
      const left = this.millisecondsLeft(since);
      if (left <= 0) break;
      await waitAtMost(this.changed.promise, left, signal);
    }
    const given = this.navigation;
    // Whatever has not arrived by now is not waited for again.
    this.navigation = null;
    this.fetches.clear();
    if (given !== null && isRequested(given)) await this.giveUp(given.url);
  }

  isQuiet(since: number): boolean {
    const { navigation } = this;
    return (navigation === null || !isRequested(navigation)) && this.millisecondsLeft(since) <= 0;
  }

  /** While a page is requested, Chromium takes no screenshot of the previous one. Stopped, that one stays with its input. */
  private async giveUp(url: string): Promise<void> {
    if (this.cdp === null) return;
    await bounded(this.cdp.send('Page.stopLoading'), 'giving up a page').catch(() => undefined);
    this.settings.onGivenUp(url);
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

/** Whether the server was asked for the page and has not answered yet. */
function isRequested(navigation: Navigation): navigation is Navigation & { readonly url: string } {
  return navigation.url !== null && !navigation.committed;
}

/** What tells it of Playwright's `Request`. */
export interface TabRequest {
  isNavigationRequest(): boolean;
  frame(): { parentFrame(): unknown };
}

/** Whether a request navigates a tab and not a frame inside it. A new tab's request comes before its frame exists. */
export function isOfTab(request: TabRequest): boolean {
  return request.isNavigationRequest() && (isOfNewTab(request) || request.frame().parentFrame() === null);
}

/** Whether a request is the first one of a tab that does not exist yet. */
export function isOfNewTab(request: TabRequest): boolean {
  if (!request.isNavigationRequest()) return false;
  try {
    request.frame();
    return false;
  } catch {
    return true;
  }
}
