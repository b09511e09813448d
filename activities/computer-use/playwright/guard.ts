/**
 * Keeps every tab on the lead magnet's own origins. It intercepts document requests in the browser as a whole, not in a
 * page, before they are sent: this includes the first request of a pop-up and the targets of redirects, with and
 * without TLS.
 */
import type { Browser, CDPSession } from 'playwright-core';
import { requestProblem, type NetworkPolicy } from '../../../workflows/contract/computer-use/network.ts';

export interface NavigationGuardSettings {
  readonly policy: NetworkPolicy;
  readonly onRefused: (url: string, problem: string) => void;
}

export interface NavigationGuard {
  /** From now on lets tabs go where the policy of the browser's session allows. */
  open(settings: NavigationGuardSettings): void;
}

/** Starts to intercept requests, and fails all of them until it is opened. To be called before the first page exists. */
export async function guardNavigation(browser: Browser): Promise<NavigationGuard> {
  const cdp = await browser.newBrowserCDPSession();
  let settings: NavigationGuardSettings | null = null;
  cdp.on('Fetch.requestPaused', ({ requestId, frameId, request }) => {
    const judged =
      settings === null
        ? cdp.send('Fetch.failRequest', { requestId, errorReason: 'Aborted' })
        : judge(cdp, settings, { requestId, frameId, url: request.url });
    // A request that gets no answer stays paused: after the browser has ended, or when its tab cannot be determined.
    judged.catch(() => undefined);
  });
  const documents = { urlPattern: '*', resourceType: 'Document', requestStage: 'Request' } as const;
  await cdp.send('Fetch.enable', { patterns: [documents] });
  return {
    open(given) {
      settings = given;
    },
  };
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
  // The egress proxy decides about documents in frames inside a page, as it does about pictures.
  if (problem === undefined || tab === undefined) {
    await cdp.send('Fetch.continueRequest', { requestId });
    return;
  }
  settings.onRefused(url, problem);
  // "Aborted" keeps the tab on its page, and closes a tab that was opened only for this request.
  await cdp.send('Fetch.failRequest', { requestId, errorReason: 'Aborted' });
  if (tab.openerId !== undefined && isEmpty(tab.url)) await cdp.send('Target.closeTarget', { targetId: tab.targetId });
}

/** The tab whose main frame it is; undefined for a frame inside a page. */
async function tabOf(cdp: CDPSession, frameId: string) {
  const { targetInfos } = await cdp.send('Target.getTargets');
  return targetInfos.find(({ type, targetId }) => type === 'page' && targetId === frameId);
}

function isEmpty(url: string): boolean {
  return url === '' || url === 'about:blank';
}
