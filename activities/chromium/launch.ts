/** Starts Chromium as every part of ours wants it: its own sandbox on, an empty environment, no talk with its maker. */
import { chromium, type Browser } from 'playwright-core';
import { failure } from '../failure.ts';

export interface ChromiumSettings {
  readonly executablePath: string | undefined;
  /** Off only where the operator says so: as root, Chromium cannot use its sandbox. */
  readonly sandbox: boolean;
}

const launchTimeoutMilliseconds = 30_000;

export async function launchChromium(settings: ChromiumSettings, proxy: string | null): Promise<Browser> {
  try {
    return await chromium.launch({
      ...(settings.executablePath === undefined ? {} : { executablePath: settings.executablePath }),
      headless: true,
      chromiumSandbox: settings.sandbox,
      env: {},
      timeout: launchTimeoutMilliseconds,
      // Loopback goes through the proxy too: what is allowed there is the policy's to say.
      ...(proxy === null ? {} : { proxy: { server: proxy, bypass: '<-loopback>' } }),
      args: [
        '--disable-quic',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run',
        // WebRTC would open sockets of its own, past the proxy.
        '--webrtc-ip-handling-policy=disable_non_proxied_udp',
      ],
    });
  } catch (error) {
    const message = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw failure('browser', `Chromium could not be started: ${message}. ${mend(settings)}`, { cause: error });
  }
}

function mend({ sandbox }: ChromiumSettings): string {
  return sandbox && process.getuid?.() === 0
    ? 'As root its sandbox cannot be used: run the worker as another user, or set LODESTONE_CHROMIUM_SANDBOX=off.'
    : 'Run npm run doctor.';
}
