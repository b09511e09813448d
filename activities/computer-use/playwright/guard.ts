/**
 * Keeps every tab on the lead magnet's own origins. The browser as a whole, not a page, holds each request for a document
 * before it leaves: so also the first one of a pop-up, and where a redirect leads, with TLS or without.
 */
import type { Browser, CDPSession } from 'playwright-core';
import { requestProblem, type NetworkPolicy } from '../../../workflows/contract/computer-use/network.ts';

export interface NavigationGuardSettings {
  readonly policy: NetworkPolicy;
  readonly onRefused: (url: string, problem: string) => void;
}

/** Begins to hold and judge. To be called before the first page is there. */
export async function guardNavigation(browser: Browser, settings: NavigationGuardSettings): Promise<void> {
  const cdp = await browser.newBrowserCDPSession();
  cdp.on('Fetch.requestPaused', ({ requestId, frameId, request }) => {
    // A request that gets no answer stays held: when the browser is gone, or when it cannot be said whose it is.
    judge(cdp, settings, { requestId, frameId, url: request.url }).catch(() => undefined);
  });
  const documents = { urlPattern: '*', resourceType: 'Document', requestStage: 'Request' } as const;
  await cdp.send('Fetch.enable', { patterns: [documents] });
}

interface Held {
  readonly requestId: string;
  readonly frameId: string;
  readonly url: string;
}

async function judge(cdp: CDPSession, settings: NavigationGuardSettings, held: Held): Promise<void> {
  const { requestId, frameId, url } = held;
  const problem = requestProblem(settings.policy, url, 'navigate');
  const tab = problem === undefined ? undefined : await tabOf(cdp, frameId);
  // What a frame inside of a page loads is the proxy's to judge, like a picture.
  if (problem === undefined || tab === undefined) {
    await cdp.send('Fetch.continueRequest', { requestId });
    return;
  }
  settings.onRefused(url, problem);
  // "Aborted" leaves the tab where it is, and a tab that was opened for nothing else is closed.
  await cdp.send('Fetch.failRequest', { requestId, errorReason: 'Aborted' });
  if (tab.openerId !== undefined && isEmpty(tab.url)) await cdp.send('Target.closeTarget', { targetId: tab.targetId });
}

/** The tab whose main frame it is; undefined for a frame inside of a page. */
async function tabOf(cdp: CDPSession, frameId: string) {
  const { targetInfos } = await cdp.send('Target.getTargets');
  return targetInfos.find(({ type, targetId }) => type === 'page' && targetId === frameId);
}

function isEmpty(url: string): boolean {
  return url === '' || url === 'about:blank';
}
