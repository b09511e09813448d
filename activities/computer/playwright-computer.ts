/** The computer port over Chromium: one browser a session, behind the egress proxy, every call bounded in time. */
import type { BrowserContext, CDPSession, Page } from 'playwright-core';
import { requestProblem } from '../../workflows/contract/network.ts';
import { launchChromium, type ChromiumSettings } from '../chromium/launch.ts';
import { failure } from '../failure.ts';
import type { BrowserState, Computer, ComputerFactory, ComputerSettings, Target } from '../ports.ts';
import { resolveBySystem, type Resolve } from '../http/resolve.ts';
import type { ComputerAction } from './actions.ts';
import { startEgressProxy } from './egress-proxy.ts';
import { performOnPage, type BrowserLimits } from './playwright-actions.ts';
import { bounded } from './playwright-bounds.ts';
import { capture, settle, type Capture } from './playwright-screen.ts';
import { readState, restoreSessionStorage, restoreScroll, toStorageState } from './playwright-state.ts';
import { readTarget } from './playwright-target.ts';
import { watchContext, type Watch } from './playwright-watch.ts';

/** As requirement A03 has them; the operator may set others. */
const defaultBrowserLimits: BrowserLimits = { navigationMilliseconds: 30_000, actionMilliseconds: 5_000 };

export function createPlaywrightComputerFactory(
  chromium: ChromiumSettings,
  limits: BrowserLimits = defaultBrowserLimits,
  resolve: Resolve = resolveBySystem,
): ComputerFactory {
  return {
    async open(settings, restore, signal) {
      const policy = settings.network;
      const problem = requestProblem(policy, settings.startUrl, 'navigate');
      if (problem !== undefined) throw failure('egress_refused', problem);
      signal.throwIfAborted();
      const proxy = await startEgressProxy({ policy, onDenied: settings.onDenied, resolve });
      try {
        const browser = await launchChromium(chromium, proxy.url);
        const close = async (): Promise<void> => {
          // A browser that does not close in time dies with its worker; the step's result does not wait for it.
          await bounded(browser.close(), 'closing the browser').catch(() => undefined);
          await proxy.close();
        };
        try {
          const { width, height } = settings;
          const context = await browser.newContext({
            viewport: { width, height },
            deviceScaleFactor: 1,
            acceptDownloads: false,
            ...(restore === null ? {} : { storageState: toStorageState(restore) }),
          });
          return await begin(context, settings, restore, limits, close);
        } catch (error) {
          await browser.close();
          throw error;
        }
      } catch (error) {
        await proxy.close();
        throw error;
      }
    },
  };
}

async function begin(
  context: BrowserContext,
  settings: ComputerSettings,
  restore: BrowserState | null,
  limits: BrowserLimits,
  close: () => Promise<void>,
): Promise<Computer> {
  context.setDefaultNavigationTimeout(limits.navigationMilliseconds);
  if (restore !== null) await restoreSessionStorage(context, restore);
  const watch = await watchContext(context, settings);
  const page = await context.newPage();
  await open(page, firstUrl(settings, restore), watch);
  if (restore !== null) await restoreScroll(page, restore);
  return new PlaywrightComputer(context, watch, limits, close);
}

/** Where the dead browser stood, unless that was an error page or a place that the policy forbids. */
function firstUrl({ network, startUrl }: ComputerSettings, restore: BrowserState | null): string {
  if (restore === null || requestProblem(network, restore.url, 'navigate') !== undefined) return startUrl;
  return restore.url;
}

/** A page that does not load is shown to the model as it is, with a note; it is no reason to fail. */
async function open(page: Page, url: string, watch: Watch): Promise<void> {
  try {
    await page.goto(url, { waitUntil: 'load' });
  } catch (error) {
    const message = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    watch.note(`The page ${url} did not load: ${message}`);
  }
}

class PlaywrightComputer implements Computer {
  readonly close: () => Promise<void>;
  private readonly context: BrowserContext;
  private readonly watch: Watch;
  private readonly limits: BrowserLimits;
  private settled: Capture | null = null;
  private session: { readonly page: Page; readonly cdp: CDPSession } | null = null;

  constructor(context: BrowserContext, watch: Watch, limits: BrowserLimits, close: () => Promise<void>) {
    this.context = context;
    this.watch = watch;
    this.limits = limits;
    this.close = close;
  }

  async perform(action: ComputerAction, signal: AbortSignal): Promise<void> {
    this.settled = null;
    await performOnPage(this.page(), action, this.limits, signal);
    this.settled = await this.settle(signal);
  }

  async describeTarget(action: ComputerAction, signal: AbortSignal): Promise<Target> {
    signal.throwIfAborted();
    const cdp = await this.cdp();
    return bounded(readTarget(cdp, action), 'reading the control', this.limits.actionMilliseconds);
  }

  async screenshot(signal: AbortSignal): Promise<Capture> {
    signal.throwIfAborted();
    const settled = this.settled ?? (await this.settle(signal));
    this.settled = null;
    return settled.bytes.byteLength > largestPngBytes ? capture(this.page(), await this.cdp(), 'jpeg') : settled;
  }

  url(): string {
    return this.page().url();
  }

  async state(): Promise<BrowserState> {
    return bounded(readState(this.context, this.page()), 'reading the state of the browser');
  }

  takeNotes(): readonly string[] {
    return this.watch.takeNotes();
  }

  private async settle(signal: AbortSignal): Promise<Capture> {
    const page = this.page();
    try {
      return await settle(page, await this.cdp(), this.watch, signal);
    } catch (error) {
      // A tab that closes while it is looked at: the one before it is seen then.
      if (page.isClosed() && !signal.aborted) return settle(this.page(), await this.cdp(), this.watch, signal);
      throw error;
    }
  }

  private page(): Page {
    const page = this.watch.activePage();
    if (page === null) throw failure('browser', 'the browser page crashed or was closed');
    return page;
  }

  private async cdp(): Promise<CDPSession> {
    const page = this.page();
    if (this.session?.page !== page) {
      const cdp = await bounded(this.context.newCDPSession(page), 'attaching to the page');
      this.session = { page, cdp };
    }
    return this.session.cdp;
  }
}

/** Above this size a picture-rich page goes as JPEG, which is then several times smaller and quicker to make. */
const largestPngBytes = 300 * 1024;
