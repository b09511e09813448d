/**
 * Calls that run, by the session and the id that their client gave them. A client of the protocol before 2026-07-28 cancels
 * a call by another HTTP request; later ones close the request of the call itself. The id of a session is only used for
 * this, so the server keeps nothing of a session but its running calls.
 */
import type { RunningCalls } from '../server.ts';

export const sessionHeader = 'mcp-session-id';

export interface CancellableCalls extends RunningCalls {
  /** Cancels a running call of the session. One that has ended, or never was, stays as it is. */
  cancel(session: string, requestId: unknown): void;
}

export function createRunningCalls(): CancellableCalls {
  const running = new Map<string, AbortController>();
  return {
    async run(caller, requestId, signal, work) {
      const session = caller?.headers.get(sessionHeader) ?? null;
      if (session === null) return work(signal);
      const key = keyOf(session, requestId);
      const cancelled = new AbortController();
      running.set(key, cancelled);
      try {
        return await work(AbortSignal.any([signal, cancelled.signal]));
      } finally {
        if (running.get(key) === cancelled) running.delete(key);
      }
    },
    cancel(session, requestId) {
      running.get(keyOf(session, requestId))?.abort();
    },
  };
}

function keyOf(session: string, requestId: unknown): string {
  return JSON.stringify([session, requestId]);
}
