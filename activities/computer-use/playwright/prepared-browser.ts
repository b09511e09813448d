/**
 * A browser that runs before its session is known: with an empty tab, and without any way to the network. Everything that
 * belongs to a session is set when it gets the browser, and a browser serves one session.
 */
import type { BrowserContext, Page } from 'playwright-core';
import { launchChromium, type ChromiumSettings, type RunningChromium } from '../../chromium/launch.ts';
import type { BrowserState, ComputerSettings } from '../../ports.ts';
import { startClosedEgressProxy, type ClosedEgressProxy } from '../egress/proxy.ts';
import { guardNavigation, type NavigationGuard } from './guard.ts';
import { openListsInPage } from './input/pickers.ts';
import { bounded } from './screen/bounds.ts';
import { toStorageState } from './state.ts';

export type Display = Pick<ComputerSettings, 'width' | 'height'>;

/** The context of a session, with its first tab when that was there before. */
interface SessionContext {
  readonly context: BrowserContext;
  readonly tab: Page | undefined;
}

/** A browser that does not answer within this time is given to no session. */
const healthMilliseconds = 2_000;

export class PreparedBrowser {
  readonly running: RunningChromium;
  readonly proxy: ClosedEgressProxy;
  readonly guard: NavigationGuard;
  private readonly display: Display | null;
  private readonly prepared: SessionContext | null;

  constructor(
    parts: Pick<PreparedBrowser, 'running' | 'proxy' | 'guard'>,
    display: Display | null,
    prepared: SessionContext | null,
  ) {
    this.running = parts.running;
    this.proxy = parts.proxy;
    this.guard = parts.guard;
    this.display = display;
    this.prepared = prepared;
  }

  /** Whether it runs, and its tab answers. */
  async isHealthy(): Promise<boolean> {
    const tab = this.prepared?.tab;
    if (tab === undefined) return this.running.browser.isConnected();
    const answer = bounded(tab.evaluate('1'), 'an empty tab', healthMilliseconds);
    return answer.then(
      () => true,
      () => false,
    );
  }

  /** The context that was prepared if it fits the session, otherwise another one, which is then the only one. */
  async contextOf(display: Display, restore: BrowserState | null): Promise<SessionContext> {
    const { width, height } = display;
    const fits = restore === null && width === this.display?.width && height === this.display.height;
    if (fits && this.prepared !== null) return this.prepared;
    await this.prepared?.context.close();
    return { context: await newContext(this.running, display, restore), tab: undefined };
  }

  /** Ends the browser and its proxy. Never throws. */
  async close(): Promise<void> {
    // A browser that does not close in time dies with its host process; the step's result does not wait for it.
    await bounded(this.running.close(), 'closing the browser').catch(() => undefined);
    await this.proxy.close();
  }
}

/** Starts a browser; with a display, it has a tab of that size as well. */
export async function prepareBrowser(chromium: ChromiumSettings, display: Display | null): Promise<PreparedBrowser> {
  const proxy = await startClosedEgressProxy();
  try {
    const running = await launchChromium(chromium, proxy.url);
    try {
      const guard = await guardNavigation(running.browser);
      const parts = { running, proxy, guard };
      if (display === null) return new PreparedBrowser(parts, null, null);
      const context = await newContext(running, display, null);
      return new PreparedBrowser(parts, display, { context, tab: await bounded(context.newPage(), 'opening a tab') });
    } catch (error) {
      await running.close();
      throw error;
    }
  } catch (error) {
    await proxy.close();
    throw error;
  }
}

async function newContext(
  { browser }: RunningChromium,
  { width, height }: Display,
  restore: BrowserState | null,
): Promise<BrowserContext> {
  const context = await browser.newContext({
    viewport: { width, height },
    deviceScaleFactor: 1,
    acceptDownloads: false,
    ...(restore === null ? {} : { storageState: toStorageState(restore) }),
  });
  await openListsInPage(context);
  return context;
}
