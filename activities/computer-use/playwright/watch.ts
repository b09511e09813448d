/**
 * Watches a browser context for events that a screenshot does not show: tabs that open, close or crash, and navigations
 * that the policy forbids. Each becomes a note for the model with the next screenshot; nothing waits for an answer.
 */
import type { BrowserContext, CDPSession, Page, Request } from 'playwright-core';
import { requestProblem } from '../../../workflows/contract/computer-use/network.ts';
import type { ComputerSettings } from '../../ports.ts';
import { bounded, waitAtMost } from './screen/bounds.ts';
import type { BrowserLimits } from './input/actions.ts';
import { FileChoosers } from './input/choosers.ts';
import { Notes } from './notes.ts';
import { noteAnswers } from './answers.ts';
import { answerPrompts } from './input/prompts.ts';
import { isOfNewTab, isOfTab, Traffic } from './traffic.ts';

export interface Watch {
  /** The driven tab: the newest one, or after it closes the one that opened it; null when none is left. */
  activePage(): Page | null;
  /** Waits, with a time limit, for tabs and pages that are loading, and for fetches since a moment. */
  quiet(since: number, signal: AbortSignal): Promise<void>;
  isQuiet(since: number): boolean;
  /** Gets navigations and new tabs as soon as a tab announces them, before they are requested. */
  announce(page: Page, cdp: CDPSession, mainFrameId: string): void;
  /** Closes a tab that no longer answers. */
  abandon(page: Page): void;
  note(text: string): void;
  /** Reports a refused navigation to the model and to the job. */
  refuse(url: string, problem: string): void;
  takeNotes(): readonly string[];
  readonly choosers: FileChoosers;
}

/** Time from the request of a new tab's page to the tab itself, which exists once the server has answered. */
const newTabMilliseconds = 10_000;
/** Time from the announcement of a new tab to its request; a tab that is refused has none. */
const announcedMilliseconds = 2_000;

export function watchContext(
  context: BrowserContext,
  settings: ComputerSettings,
  { navigationMilliseconds }: Pick<BrowserLimits, 'navigationMilliseconds'>,
): Watch {
  const watch = new ContextWatch(settings, navigationMilliseconds);
  context.on('request', (request) => watch.begin(request));
  context.on('response', noteAnswers());
  context.on('requestfailed', (request) => watch.fail(request));
  context.on('page', (page) => watch.add(page));
  for (const page of context.pages()) watch.add(page);
  return watch;
}

class ContextWatch implements Watch {
  private readonly settings: ComputerSettings;
  private readonly navigationMilliseconds: number;
  private readonly notes = new Notes();
  readonly choosers: FileChoosers;
  /** The last tab is the driven one. */
  private readonly pages: Page[] = [];
  private first: Page | null = null;
  private readonly traffic = new WeakMap<Page, Traffic>();
  private readonly openers = new WeakMap<Page, Page>();
  private readonly leaving = new Map<Page, Promise<void>>();
  /** Tabs that are about to open, and until when they are waited for. */
  private readonly coming = new Map<Request | 'announced', number>();
  private came = Promise.withResolvers<void>();

  constructor(settings: ComputerSettings, navigationMilliseconds: number) {
    this.settings = settings;
    this.navigationMilliseconds = navigationMilliseconds;
    this.choosers = new FileChoosers({ ...settings, note: this.notes.add });
  }

  activePage(): Page | null {
    return this.pages.at(-1) ?? null;
  }

  async quiet(since: number, signal: AbortSignal): Promise<void> {
    for (;;) {
      const left = Math.max(...this.coming.values(), 0) - performance.now();
      if (left <= 0) break;
      await waitAtMost(this.came.promise, left, signal);
    }
    this.coming.clear();
    const page = this.activePage();
    if (page === null) return;
    await this.traffic.get(page)?.quiet(since, signal);
    await this.leaving.get(page);
  }

  isQuiet(since: number): boolean {
    const page = this.activePage();
    if (page === null || this.coming.size > 0 || this.leaving.has(page)) return false;
    return this.traffic.get(page)?.isQuiet(since) ?? true;
  }

  announce(page: Page, cdp: CDPSession, mainFrameId: string): void {
    this.traffic.get(page)?.attach(cdp);
    cdp.on('Page.windowOpen', () => this.coming.set('announced', performance.now() + announcedMilliseconds));
    cdp.on('Page.frameRequestedNavigation', ({ frameId, disposition }) => {
      if (disposition === 'currentTab' && frameId === mainFrameId) this.traffic.get(page)?.announce();
    });
  }

  abandon(page: Page): void {
    this.remove(page, 'did not answer and was closed');
    void page.close().catch(() => undefined);
  }

  note(text: string): void {
    this.notes.add(text);
  }

  takeNotes(): readonly string[] {
    return this.notes.take();
  }

  begin(request: Request): void {
    if (isOfNewTab(request)) this.coming.set(request, performance.now() + newTabMilliseconds);
  }

  fail(request: Request): void {
    if (this.coming.delete(request)) this.notifyArrival();
    const why = request.failure()?.errorText ?? '';
    // Aborted: refused here, turned into a download, or replaced by another navigation.
    if (isOfTab(request) && why !== '' && why !== 'net::ERR_ABORTED') {
      this.note(`The page ${request.url()} did not load: ${why}.`);
    }
  }

  refuse(url: string, problem: string): void {
    this.settings.onDenied({ target: new URL(url).origin, reason: problem });
    this.note(`Going to ${url} was refused: ${problem}.`);
  }

  add(page: Page): void {
    if (this.pages.length > 0) this.note('A new tab was opened; you now see it.');
    this.first ??= page;
    this.pages.push(page);
    this.traffic.set(page, this.trafficOf(page));
    void this.learnOpener(page);
    answerPrompts(page, this.notes);
    page.on('filechooser', this.choosers.opened);
    page.on('framenavigated', (frame) => {
      if (frame === page.mainFrame()) this.keepOnTheList(page);
    });
    page.on('close', () => this.remove(page, 'was closed'));
    page.on('crash', () => {
      this.remove(page, 'crashed');
      void page.close().catch(() => undefined);
    });
    this.coming.clear();
    this.notifyArrival();
  }

  /**
   * A second check after the guard: catches a tab that reached a forbidden page without a request, such as a prefetched
   * one.
   */
  private keepOnTheList(page: Page): void {
    const url = page.url();
    if (!/^https?:/.test(url)) return;
    const problem = requestProblem(this.settings.network, url, 'navigate');
    if (problem === undefined) return;
    this.refuse(url, problem);
    const left = page === this.first ? goBack(page) : bounded(page.close(), 'closing a tab', leaveMilliseconds);
    // A tab that is just navigating sometimes never closes; it is not shown to the model all the same.
    const bound = left.catch(() => this.abandon(page)).finally(() => this.leaving.delete(page));
    this.leaving.set(page, bound);
  }

  private trafficOf(page: Page): Traffic {
    const { navigationMilliseconds } = this;
    return new Traffic(page, { navigationMilliseconds, onGivenUp: (url) => this.note(unanswered(url)) });
  }

  private async learnOpener(page: Page): Promise<void> {
    const opener = await page.opener();
    if (opener !== null) this.openers.set(page, opener);
  }

  private remove(page: Page, what: string): void {
    const index = this.pages.indexOf(page);
    if (index === -1) return;
    const wasActive = page === this.activePage();
    this.pages.splice(index, 1);
    this.leaving.delete(page);
    if (!wasActive) return;
    const opener = this.pages.indexOf(this.openers.get(page) ?? page);
    if (opener !== -1) this.pages.push(...this.pages.splice(opener, 1));
    const next = opener === -1 ? 'the one before it' : 'the one that opened it';
    this.note(`The tab ${what}${this.pages.length === 0 ? '.' : `; you see ${next}.`}`);
  }

  private notifyArrival(): void {
    this.came.resolve();
    this.came = Promise.withResolvers<void>();
  }
}

/** The note about a page whose server did not answer. */
export function unanswered(url: string): string {
  return `The page ${url} did not answer in time.`;
}

const leaveMilliseconds = 10_000;

/** Returns a tab to its previous page. A tab without one is emptied. */
async function goBack(page: Page): Promise<void> {
  const options = { waitUntil: 'commit' as const, timeout: leaveMilliseconds };
  try {
    if ((await page.goBack(options)) !== null) return;
  } catch {
    // A page that prevents going back is replaced.
  }
  await page.goto('about:blank', options).catch(() => undefined);
}
