/**
 * Watches a browser context for what a screenshot does not show: tabs, dialogs, downloads, crashes, and navigations that
 * the policy forbids. Each becomes a note that the model is told with the next screen; nothing hangs on an answer.
 */
import type { BrowserContext, Page } from 'playwright-core';
import { requestProblem } from '../../workflows/contract/network.ts';
import type { ComputerSettings } from '../ports.ts';

export interface Watch {
  /** The tab that is driven: the newest one that is open. */
  activePage(): Page | null;
  isNavigating(page: Page): boolean;
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

  // The proxy keeps requests within the policy; this keeps the tab itself on the lead magnet's own origins.
  await context.route('**/*', async (route) => {
    const request = route.request();
    if (!request.isNavigationRequest() || request.frame().parentFrame() !== null) return route.fallback();
    const problem = requestProblem(settings.network, request.url(), 'navigate');
    if (problem === undefined) return route.fallback();
    settings.onDenied({ target: request.url(), reason: problem });
    note(`Going to ${request.url()} was refused: ${problem}.`);
    return route.abort('blockedbyclient');
  });

  context.on('page', (page) => {
    if (pages.length > 0) note('A new tab was opened; you now see it.');
    pages.push(page);
    page.on('request', (request) => {
      if (request.isNavigationRequest() && request.frame() === page.mainFrame()) navigating.add(page);
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
    note,
    takeNotes() {
      const taken = notes;
      notes = [];
      return taken;
    },
  };
}
