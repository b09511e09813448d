/**
 * Watches a browser context for what a screenshot does not show: tabs, dialogs, downloads, crashes, and navigations that
 * the policy forbids. Each becomes a note that the model is told with the next screen; nothing hangs on an answer.
 */
import type { BrowserContext, Page, Request } from 'playwright-core';
import { requestProblem } from '../../workflows/contract/network.ts';
import type { ComputerSettings } from '../ports.ts';

export interface Watch {
  /** The tab that is driven: the newest one that is open. */
  activePage(): Page | null;
  isNavigating(page: Page): boolean;
  /** Waits until a tab that came to a forbidden page has left it. */
  left(page: Page): Promise<void>;
  note(text: string): void;
  takeNotes(): readonly string[];
}

export async function watchContext(context: BrowserContext, settings: ComputerSettings): Promise<Watch> {
  const pages: Page[] = [];
  const navigating = new Set<Page>();
  let notes: string[] = [];
  const note = (text: string): void => {
    notes.push(text);
  };

  const leaving = new Map<Page, Promise<void>>();
  const refuse = (url: string, problem: string): void => {
    settings.onDenied({ target: new URL(url).origin, reason: problem });
    note(`Going to ${url} was refused: ${problem}.`);
  };

  // The proxy keeps requests within the policy; this keeps the tab itself on the lead magnet's own origins.
  await context.route('**/*', async (route) => {
    const request = route.request();
    const problem = isOfTab(request) ? requestProblem(settings.network, request.url(), 'navigate') : undefined;
    if (problem !== undefined) refuse(request.url(), problem);
    // "No content" leaves the tab where it is. A tab that was closed meanwhile needs no answer: thrown on, its error
    // would end the worker.
    await (problem === undefined ? route.fallback() : route.fulfill({ status: 204 })).catch(() => undefined);
  });

  context.on('page', (page) => {
    if (pages.length > 0) note('A new tab was opened; you now see it.');
    pages.push(page);
    page.on('request', (request) => {
      if (isOfTab(request)) navigating.add(page);
    });
    // No route sees where a redirect leads: a tab that was redirected off the list is taken back.
    page.on('framenavigated', (frame) => {
      const url = frame.url();
      if (frame !== page.mainFrame() || !/^https?:/.test(url)) return;
      const problem = requestProblem(settings.network, url, 'navigate');
      if (problem === undefined) return;
      refuse(url, problem);
      leaving.set(page, leave(page, page !== pages[0]));
    });
    page.on('load', () => navigating.delete(page));
    page.on('requestfailed', (request) => {
      if (request.isNavigationRequest()) navigating.delete(page);
    });
    page.on('dialog', (dialog) => {
      const answer = dialog.type() === 'alert' || dialog.type() === 'beforeunload' ? 'accepted' : 'dismissed';
      note(`A ${dialog.type()} dialog said "${dialog.message().slice(0, 300)}"; it was ${answer}.`);
      // A dialog that closed by itself meanwhile needs no answer.
      void (answer === 'accepted' ? dialog.accept() : dialog.dismiss()).catch(() => undefined);
    });
    page.on('download', (download) => {
      note(`The download of ${download.suggestedFilename()} was refused.`);
    });
    page.on('filechooser', () => note('A file chooser was opened; there are no files to choose from.'));
    const gone = (what: string) => (): void => {
      const index = pages.indexOf(page);
      if (index !== -1) pages.splice(index, 1);
      navigating.delete(page);
      if (pages.length > 0) note(`The tab ${what}; you see the one before it.`);
    };
    page.on('close', gone('was closed'));
    page.on('crash', gone('crashed'));
  });

  return {
    activePage: () => pages.at(-1) ?? null,
    isNavigating: (page) => navigating.has(page),
    left: async (page) => leaving.get(page),
    note,
    takeNotes() {
      const taken = notes;
      notes = [];
      return taken;
    },
  };
}

/** Whether a request takes a tab somewhere, not a frame in it. That of a new tab comes before its frame is there. */
function isOfTab(request: Request): boolean {
  if (!request.isNavigationRequest()) return false;
  try {
    return request.frame().parentFrame() === null;
  } catch {
    return true;
  }
}

const leaveMilliseconds = 10_000;

/** Back to where the tab came from. A new tab is closed instead, and one that came from nowhere is emptied. */
async function leave(page: Page, isNewTab: boolean): Promise<void> {
  const options = { waitUntil: 'commit' as const, timeout: leaveMilliseconds };
  try {
    if (isNewTab) return await page.close();
    if ((await page.goBack(options)) !== null) return;
  } catch {
    // A page that lets nobody go back is replaced.
  }
  await page.goto('about:blank', options).catch(() => undefined);
}
