/**
 * Opens the computer port over Chromium: one browser a session, behind the egress proxy, on its start page or restored.
 */
import type { BrowserContext } from 'playwright-core';
import { requestProblem } from '../../../workflows/contract/computer-use/network.ts';
import { launchChromium, type ChromiumSettings } from '../../chromium/launch.ts';
import { failure } from '../../failure.ts';
import { resolveBySystem, type Resolve } from '../../http/resolve.ts';
import type { BrowserState, Computer, ComputerDownloads, ComputerFactory, ComputerSettings } from '../../ports.ts';
import { startEgressProxy } from '../egress/proxy.ts';
import { redactedFactory } from '../secrets/redacted-computer.ts';
import type { BrowserLimits } from './input/actions.ts';
import { bounded } from './screen/bounds.ts';
import { PlaywrightComputer } from './computer.ts';
import { quarantineDownloads } from './downloads/downloads.ts';
import { guardNavigation } from './guard.ts';
import { openListsInPage } from './input/pickers.ts';
import { restoreScroll, restoreSessionStorage, toStorageState } from './state.ts';
import { watchContext, type Watch } from './watch.ts';

/** Defaults from requirement A03; the operator may set others. */
const defaultBrowserLimits: BrowserLimits = { navigationMilliseconds: 30_000, actionMilliseconds: 5_000 };

export function createPlaywrightComputerFactory(
  chromium: ChromiumSettings,
  limits: BrowserLimits = defaultBrowserLimits,
  resolve: Resolve = resolveBySystem,
): ComputerFactory {
  return redactedFactory({
    async open(settings, restore, signal) {
      const policy = settings.network;
      const problem = requestProblem(policy, settings.startUrl, 'navigate');
      if (problem !== undefined) throw failure('egress_refused', problem);
      signal.throwIfAborted();
      const proxy = await startEgressProxy({ policy, onDenied: settings.onDenied, resolve });
      try {
        const running = await launchChromium(chromium, proxy.url);
        const { browser } = running;
        browser.on('disconnected', () => settings.onGone?.());
        const close = async (): Promise<void> => {
          // A browser that does not close in time dies with its host process; the step's result does not wait for it.
          await bounded(running.close(), 'closing the browser').catch(() => undefined);
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
          const watch = watchContext(context, settings, limits);
          await guardNavigation(browser, { policy, onRefused: (url, problem) => watch.refuse(url, problem) });
          const note = (text: string): void => watch.note(text);
          const downloads = await quarantineDownloads(context, { ...settings, note });
          const closeAll = async (): Promise<void> => {
            await close();
            await downloads.close();
          };
          return await begin({ context, watch, downloads }, settings, restore, limits, closeAll);
        } catch (error) {
          await running.close();
          throw error;
        }
      } catch (error) {
        await proxy.close();
        throw error;
      }
    },
  });
}

interface Opened {
  readonly context: BrowserContext;
  readonly watch: Watch;
  readonly downloads: ComputerDownloads;
}

async function begin(
  { context, watch, downloads }: Opened,
  settings: ComputerSettings,
  restore: BrowserState | null,
  limits: BrowserLimits,
  close: () => Promise<void>,
): Promise<Computer> {
  context.setDefaultNavigationTimeout(limits.navigationMilliseconds);
  if (restore !== null) await restoreSessionStorage(context, restore);
  await openListsInPage(context);
  const { secrets } = settings;
  const computer = new PlaywrightComputer(
    { context, watch, downloads, limits, secrets, close },
    firstUrl(settings, restore),
  );
  const page = await computer.openPage();
  if (restore !== null) await restoreScroll(page, restore);
  return computer;
}

/** The address of the lost browser, unless it was an error page or the policy forbids it. */
function firstUrl({ network, startUrl }: ComputerSettings, restore: BrowserState | null): string {
  if (restore === null || requestProblem(network, restore.url, 'navigate') !== undefined) return startUrl;
  return restore.url;
}
