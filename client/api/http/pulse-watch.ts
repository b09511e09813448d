/**
 * Watches what somebody waits for: one query for all of it, however many wait. The pause between two looks grows with what a
 * look costs, so that watching takes a small share of the event loop.
 */
import { setTimeout as delay } from 'node:timers/promises';

/** However slow the store is, nobody hears of an end much later than it answers. */
const longestPauseMilliseconds = 1000;
/** A look that is not slow takes at most a tenth of the time. */
const pausesForALook = 9;
const pauseAfterErrorMilliseconds = 500;

export interface PulseWatch<Pulse> {
  /**
   * Calls back with each look at what has the id, until it has ended or is gone, the callback throws, or the signal is aborted.
   * While the store does not answer, nothing is heard.
   */
  follow(id: string, signal: AbortSignal, onLook: (pulse: Pulse) => void): Promise<void>;
}

export interface Watched<Pulse> {
  /** The newest of these; one that is missing does not exist. */
  readonly look: (ids: readonly string[]) => Promise<readonly Pulse[]>;
  /** Of an ended one nothing is heard any more. */
  readonly isEnded: (pulse: Pulse) => boolean;
  readonly onError: (error: unknown) => void;
  readonly shortestPauseMilliseconds: number;
}

interface Follower<Pulse> {
  readonly look: (pulse: Pulse | undefined) => void;
}

export function createPulseWatch<Pulse extends { readonly id: string }>(watched: Watched<Pulse>): PulseWatch<Pulse> {
  const followed = new Map<string, Set<Follower<Pulse>>>();
  let isRunning = false;

  const look = async (): Promise<void> => {
    const ids = [...followed.keys()];
    const pulses = new Map((await watched.look(ids)).map((pulse) => [pulse.id, pulse]));
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
        pause = Math.min(longestPauseMilliseconds, Math.max(watched.shortestPauseMilliseconds, fair));
      } catch (error) {
        watched.onError(error);
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
      const follower: Follower<Pulse> = {
        look(pulse) {
          if (pulse === undefined || watched.isEnded(pulse)) return resolve();
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
