/** Pictures of the page in which what is secret is painted over. To see that nothing is costs one call to each frame. */
import { setTimeout as delay } from 'node:timers/promises';
import type { BrowserContext } from 'playwright-core';
import type { Screenshot } from '../../../ports.ts';
import { blankPicture } from './blank-picture.ts';
import { bounded } from './bounds.ts';
import { placesIn, type Place } from './masks.ts';
import { capture, type Screen } from './screen.ts';
import { worldsOf } from '../worlds.ts';
import type { BoundSecret } from '../../secrets/bound-secret.ts';

/** The driven tab, and the secrets that may stand on it. */
export interface SecretScreen extends Screen {
  readonly context: BrowserContext;
  readonly secrets: readonly BoundSecret[];
}

/** How often a page that moves is looked at for a picture in which all stands where it stood before and after. */
const maximumTries = 3;
const tryMilliseconds = 1_500;
const triesMilliseconds = 12_000;
const pauseMilliseconds = 40;

/** Whether something secret is on the screen at this moment. */
export async function showsSecrets(screen: SecretScreen, signal: AbortSignal): Promise<boolean> {
  return (await placesOn(screen, signal)).length > 0;
}

/** A picture that is taken anew, between two looks at where secrets stand. */
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

/** Tries again while a navigation replaces the page: what cannot be looked through must not be shown. */
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
        // A frame that went away shows nothing; the page itself must be seen through.
        if (world === worlds[0]) throw error;
        return [];
      }),
    ),
  );
  return places.flat();
}
