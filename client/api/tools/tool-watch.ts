/**
 * Watches the requests that somebody waits for: one query for all of them, however many wait. The pause between two looks grows
 * with what a look costs, so that watching takes a small share of the event loop.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { ToolPulse } from '../../../store/tools/tool-request-row.ts';
import type { Store } from '../../../store/store.ts';

const shortestPauseMilliseconds = 40;
/** However slow the store is, nobody hears of an end much later than it answers. */
const longestPauseMilliseconds = 1000;
/** A look that is not slow takes at most a tenth of the time. */
const pausesForALook = 9;
const pauseAfterErrorMilliseconds = 500;

export interface ToolWatch {
  /**
   * Calls back with each look at the request, until it has ended or is gone, the callback throws, or the signal is aborted.
   * While the store does not answer, nothing is heard.
   */
  follow(id: string, signal: AbortSignal, onLook: (pulse: ToolPulse) => void): Promise<void>;
}

interface Follower {
  readonly look: (pulse: ToolPulse | undefined) => void;
}

export function createToolWatch({ store, log }: { readonly store: Store; readonly log: Logger }): ToolWatch {
  const followed = new Map<string, Set<Follower>>();
  let isRunning = false;

  const look = async (): Promise<void> => {
    const ids = [...followed.keys()];
    const pulses = new Map((await store.toolRequests.pulses(ids)).map((pulse) => [pulse.id, pulse]));
    for (const id of ids) for (const follower of followed.get(id) ?? []) follower.look(pulses.get(id));
  };

  const run = async (): Promise<void> => {
    isRunning = true;
    while (followed.size > 0) {
      const began = performance.now();
      let pause: number;
      try {
        await look();
        const fair = pausesForALook * (performance.now() - began);
        pause = Math.min(longestPauseMilliseconds, Math.max(shortestPauseMilliseconds, fair));
      } catch (error) {
        // The requests go on, and whoever waits has a limit.
        log.warn({ error }, 'the store did not tell how far the requests of tools are');
        pause = pauseAfterErrorMilliseconds;
      }
      await delay(pause);
    }
    isRunning = false;
  };

  return {
    follow(id, signal, onLook) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const followers = followed.get(id) ?? new Set();
      const follower: Follower = {
        look(pulse) {
          if (pulse === undefined || pulse.state === 'ended') return resolve();
          try {
            onLook(pulse);
          } catch (error) {
            reject(error);
          }
        },
      };
      if (signal.aborted) resolve();
      else signal.addEventListener('abort', () => resolve(), { once: true });
      followed.set(id, followers.add(follower));
      if (!isRunning) void run();
      return promise.finally(() => {
        followers.delete(follower);
        if (followers.size === 0 && followed.get(id) === followers) followed.delete(id);
      });
    },
  };
}
