/** Screenshots in which secrets are painted over. Checking a page without secrets costs one call for each frame. */
import { setTimeout as delay } from 'node:timers/promises';
import type { BrowserContext } from 'playwright-core';
import type { Screenshot } from '../../../ports.ts';
import { blankPicture } from './blank-picture.ts';
import { bounded } from './bounds.ts';
import { placesIn, type Place } from './masks.ts';
import { capture, type Screen } from './screen.ts';
import { worldsOf } from '../worlds.ts';
import type { BoundSecret } from '../../secrets/bound-secret.ts';

/** The driven tab, and the secrets that may be on its page. */
export interface SecretScreen extends Screen {
  readonly context: BrowserContext;
  readonly secrets: readonly BoundSecret[];
}

/** How often a moving page is photographed until secrets are at the same places before and after. */
const maximumTries = 3;
const tryMilliseconds = 1_500;
const triesMilliseconds = 12_000;
const pauseMilliseconds = 40;

/** Whether a secret is on the screen at this moment. */
export async function showsSecrets(screen: SecretScreen, signal: AbortSignal): Promise<boolean> {
  return (await placesOn(screen, signal)).length > 0;
}

/** A picture that is taken again, between two checks of where secrets are. */
export async function blankedPicture(screen: SecretScreen, signal: AbortSignal): Promise<Screenshot> {
  let before = await placesOn(screen, signal);
  for (let attempt = 1; ; attempt += 1) {
    const picture = await capture(screen, 'png', signal);
    const after = await placesOn(screen, signal);
    if (attempt === maximumTries || JSON.stringify(before) === JSON.stringify(after)) {
      const places = [...before, ...after];
      return places.length === 0 ? picture : { ...picture, bytes: await blankPicture(picture.bytes, places) };
    }
    before = after;
  }
}

/** Retries while a navigation replaces the page: what cannot be checked must not be shown. */
async function placesOn(screen: SecretScreen, signal: AbortSignal): Promise<readonly Place[]> {
  const until = performance.now() + triesMilliseconds;
  for (;;) {
    signal.throwIfAborted();
    try {
      return await bounded(readPlaces(screen), 'looking for secrets on the screen', tryMilliseconds);
    } catch (error) {
      if (screen.page.isClosed() || performance.now() > until) throw error;
      await delay(pauseMilliseconds, undefined, { signal });
    }
  }
}

async function readPlaces({ context, page, cdp, secrets }: SecretScreen): Promise<readonly Place[]> {
  const worlds = await worldsOf(context, page, cdp);
  const places = await Promise.all(
    worlds.map((world) =>
      placesIn(world, secrets).catch((error: unknown) => {
        // A removed frame shows nothing; the page itself must be checked.
        if (world === worlds[0]) throw error;
        return [];
      }),
    ),
  );
  return places.flat();
}
