/**
 * Opens the computer port over Chromium: one browser a session, behind the egress proxy, on its start page or restored.
 */
import type { BrowserContext, Page } from 'playwright-core';
import { requestProblem } from '../../../workflows/contract/computer-use/network.ts';
import type { ChromiumSettings } from '../../chromium/launch.ts';
import { failure } from '../../failure.ts';
import { resolveBySystem, type Resolve } from '../../http/resolve.ts';
import type { BrowserState, Computer, ComputerDownloads, ComputerFactory, ComputerSettings } from '../../ports.ts';
import { redactedFactory } from '../secrets/redacted-computer.ts';
import type { BrowserLimits } from './input/actions.ts';
import { PlaywrightComputer } from './computer.ts';
import { quarantineDownloads } from './downloads/downloads.ts';
import { BrowserNotReady } from './not-ready.ts';
import { prepareBrowser, type PreparedBrowser } from './prepared-browser.ts';
import { restoreScroll, restoreSessionStorage } from './state.ts';
import { watchContext, type Watch } from './watch.ts';

/** Defaults from requirement A03; the operator may set others. */
const defaultBrowserLimits: BrowserLimits = { navigationMilliseconds: 30_000, actionMilliseconds: 5_000 };

/** `ahead` is a browser that was started before it was asked for: the first session gets it. */
export function createPlaywrightComputerFactory(
  chromium: ChromiumSettings,
  limits: BrowserLimits = defaultBrowserLimits,
  resolve: Resolve = resolveBySystem,
  ahead?: Promise<PreparedBrowser>,
): ComputerFactory {
  let first = ahead;
  return redactedFactory({
    async open(settings, restore, signal) {
      const problem = requestProblem(settings.network, settings.startUrl, 'navigate');
      if (problem !== undefined) throw failure('egress_refused', problem);
      signal.throwIfAborted();
      const preparing = first ?? prepareBrowser(chromium, restore === null ? settings : null);
      first = undefined;
      const prepared = await preparing;
      if (!(await prepared.isHealthy())) {
        // One that hangs does not end in order either: its host process ends it.
        void prepared.close();
        throw new BrowserNotReady('the browser that was ready does not answer');
      }
      try {
        return await openSession(prepared, { settings, restore, limits, resolve });
      } catch (error) {
        await prepared.close();
        throw error;
      }
    },
  });
}

interface Opening {
  readonly settings: ComputerSettings;
  readonly restore: BrowserState | null;
  readonly limits: BrowserLimits;
  readonly resolve: Resolve;
}

/** Gives a browser to its session, and only now opens its ways to the network. */
async function openSession(prepared: PreparedBrowser, opening: Opening): Promise<Computer> {
  const { settings, restore, limits, resolve } = opening;
  const { network: policy, onDenied } = settings;
  prepared.running.browser.on('disconnected', () => settings.onGone?.());
  const { context, tab } = await prepared.contextOf(settings, restore);
  const watch = watchContext(context, settings, limits);
  prepared.guard.open({ policy, onRefused: (url, problem) => watch.refuse(url, problem) });
  prepared.proxy.open({ policy, onDenied, resolve });
  const note = (text: string): void => watch.note(text);
  const downloads = await quarantineDownloads(context, { ...settings, note });
  const close = async (): Promise<void> => {
    await prepared.close();
    await downloads.close();
  };
  return begin({ context, tab, watch, downloads, close }, opening);
}

interface Opened {
  readonly context: BrowserContext;
  readonly tab: Page | undefined;
  readonly watch: Watch;
  readonly downloads: ComputerDownloads;
  readonly close: () => Promise<void>;
}

async function begin(
  { context, tab, watch, downloads, close }: Opened,
  { settings, restore, limits }: Opening,
): Promise<Computer> {
  context.setDefaultNavigationTimeout(limits.navigationMilliseconds);
  if (restore !== null) await restoreSessionStorage(context, restore);
  const { secrets } = settings;
  const computer = new PlaywrightComputer(
    { context, watch, downloads, limits, secrets, close },
    firstUrl(settings, restore),
  );
  const page = await computer.openPage(tab);
  if (restore !== null) await restoreScroll(page, restore);
  return computer;
}

/** The address of the lost browser, unless it was an error page or the policy forbids it. */
function firstUrl({ network, startUrl }: ComputerSettings, restore: BrowserState | null): string {
  if (restore === null || requestProblem(network, restore.url, 'navigate') !== undefined) return startUrl;
  return restore.url;
}
