/**
 * Starts Chromium for every use in the same way: with its own sandbox, without our environment, and without requests to
 * its maker.
 */
import type { Browser } from 'playwright-core';
import { failure } from '../failure.ts';
import { disableFeatures } from './features.ts';
import { makeProfile, removeProfile } from './profile.ts';

export interface ChromiumSettings {
  readonly executablePath: string | undefined;
  /** Off only when the operator says so: Chromium cannot use its sandbox as root. */
  readonly sandbox: boolean;
  /** Fontconfig file for Chromium; the machine's own configuration when undefined. */
  readonly fontconfigFile?: string | undefined;
}

/** The discard port, which Chromium blocks as unsafe. */
const nowhere = 'http://127.0.0.1:9/';

const launchTimeoutMilliseconds = 30_000;

export interface RunningChromium {
  readonly browser: Browser;
  /** Ends the browser and removes the files that it wrote. Never throws. */
  readonly close: () => Promise<void>;
}

export async function launchChromium(settings: ChromiumSettings, proxy: string | null): Promise<RunningChromium> {
  // Loaded only here: it takes 45 MB, and a worker that prints no PDF starts no browser itself.
  const { chromium } = await import('playwright-core');
  const profile = await makeProfile();
  try {
    const first = await chromium.launchPersistentContext(profile, {
      ...(settings.executablePath === undefined ? {} : { executablePath: settings.executablePath }),
      headless: true,
      chromiumSandbox: settings.sandbox,
      env: environmentOf(settings),
      timeout: launchTimeoutMilliseconds,
      // Loopback goes through the proxy too: the policy decides what is allowed there.
      ...(proxy === null ? {} : { proxy: { server: proxy, bypass: '<-loopback>' } }),
      args: [
        disableFeatures,
        '--disable-quic',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run',
        '--no-pings',
        '--disable-domain-reliability',
        // Remaining requests to Chromium's maker (sign-in, components, form predictions) go to a port that it never
        // connects to.
        `--gaia-url=${nowhere}`,
        `--component-updater=url-source=${nowhere}`,
        `--autofill-server-url=${nowhere}`,
        // WebRTC would open its own sockets, which bypass the proxy.
        '--webrtc-ip-handling-policy=disable_non_proxied_udp',
      ],
    });
    const browser = first.browser();
    if (browser === null) throw new Error('its profile has no browser');
    // Sessions use contexts of their own; the tab that a profile opens with is not needed.
    await Promise.all(first.pages().map((page) => page.close()));
    return {
      browser,
      async close() {
        await browser.close().catch(() => undefined);
        await removeProfile(profile);
      },
    };
  } catch (error) {
    await removeProfile(profile);
    const message = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw failure('browser', `Chromium could not be started: ${message}. ${mend(settings)}`, { cause: error });
  }
}

function mend({ sandbox }: ChromiumSettings): string {
  return sandbox && process.getuid?.() === 0
    ? 'As root its sandbox cannot be used: run the worker as another user, or set LODESTONE_CHROMIUM_SANDBOX=off.'
    : 'Run npm run doctor.';
}

/** Without a UTF-8 locale, Chromium silently gives pages no file whose name has non-ASCII characters. */
function environmentOf({ fontconfigFile }: ChromiumSettings): Readonly<Record<string, string>> {
  return { LC_ALL: 'C.UTF-8', ...(fontconfigFile === undefined ? {} : { FONTCONFIG_FILE: fontconfigFile }) };
}
