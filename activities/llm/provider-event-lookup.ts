/**
 * What the provider tells of by itself, for those who wait. A call names itself in its request's metadata; one whose id
 * was lost on the way is found again by that name when the provider tells that its response has ended.
 */
import type { ProviderEvents } from '../../store/platform/provider-events.ts';

/** The name under which a call's key is in its response's metadata. */
export const callKeyName = 'lodestone_call';

export interface ProviderEventLookup {
  /** Whether the provider has lately told of something: who is told need not ask. */
  isHeard(): Promise<boolean>;
  /** Those of these responses whose end was told. */
  ended(responseIds: readonly string[]): Promise<readonly string[]>;
  /** The ended response that answers a call; null as long as none is known. */
  responseTo(callKey: string, signal: AbortSignal): Promise<string | null>;
}

export interface CallNames {
  /** The key of the call that a response answers; null for a response of somebody else, or one that is gone. */
  callOf(responseId: string, signal: AbortSignal): Promise<string | null>;
}

/** After so long without an event the provider counts as one that tells nothing. */
const heardMilliseconds = 3_600_000;
/** Responses that are looked up at once, and in one go. */
const lookedUpAtOnce = 5;
const lookedUpInOneGo = 50;

export function createProviderEventLookup(
  events: ProviderEvents,
  names: CallNames,
  now: () => number = () => Date.now(),
): ProviderEventLookup {
  let going: Promise<void> | null = null;
  /** However many wait for a lost call, each response is looked up once. */
  const lookUp = async (signal: AbortSignal): Promise<void> => {
    going ??= nameAll(events, names, signal).finally(() => {
      going = null;
    });
    await going;
  };
  return {
    async isHeard() {
      const newest = await events.newestAt();
      return newest !== null && now() - newest < heardMilliseconds;
    },
    ended: (responseIds) => events.ended(responseIds),
    async responseTo(callKey, signal) {
      const known = await events.responseTo(callKey);
      if (known !== null) return known;
      await lookUp(signal);
      return events.responseTo(callKey);
    },
  };
}

async function nameAll(events: ProviderEvents, names: CallNames, signal: AbortSignal): Promise<void> {
  const ids = await events.unnamed(lookedUpInOneGo);
  for (let first = 0; first < ids.length; first += lookedUpAtOnce) {
    await Promise.all(
      ids.slice(first, first + lookedUpAtOnce).map(async (id) => {
        const key = await names.callOf(id, signal).catch(() => undefined);
        // What could not be asked now is asked the next time.
        if (key !== undefined) await events.name(id, key);
      }),
    );
  }
}
