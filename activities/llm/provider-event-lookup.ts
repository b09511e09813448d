/**
 * Looks up what the provider's webhooks have reported. Each call carries its key in the request's metadata; when a call's
 * response id was lost in a crash, the key finds the response again after the provider has reported its end.
 */
import pLimit from 'p-limit';
import type { ProviderEvents } from '../../store/platform/provider-events.ts';

/** The name under which a call's key is in its response's metadata. */
export const callKeyName = 'lodestone_call';

export interface ProviderEventLookup {
  /** Whether an event arrived lately: then waiters rely on events and poll rarely. */
  isHeard(): Promise<boolean>;
  /** Those of these responses whose end an event has reported. */
  ended(responseIds: readonly string[]): Promise<readonly string[]>;
  /** The id of the ended response to a call; null while none is known. */
  responseTo(callKey: string, signal: AbortSignal): Promise<string | null>;
}

export interface CallNames {
  /** The key of the call that a response answers; null for a response that is not ours or was deleted. */
  callOf(responseId: string, signal: AbortSignal): Promise<string | null>;
}

/** After this long without an event, the provider is taken to send none. */
const heardMilliseconds = 3_600_000;
/** Responses that are read at the same time, and in one look-up. */
const lookedUpAtOnce = 5;
const lookedUpInOneGo = 50;

export function createProviderEventLookup(
  events: ProviderEvents,
  names: CallNames,
  now: () => number = () => Date.now(),
): ProviderEventLookup {
  let going: Promise<void> | null = null;
  /** All waiters share one look-up, so that each response is read once. */
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
  const limit = pLimit(lookedUpAtOnce);
  const nameOne = async (id: string): Promise<void> => {
    const key = await names.callOf(id, signal).catch(() => undefined);
    // A response that could not be read now is read at the next look-up.
    if (key !== undefined) await events.name(id, key);
  };
  await limit.map(ids, nameOne).finally(() => limit.clearQueue());
}
