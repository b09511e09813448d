/** A clock that the test controls: when no other work is left, it jumps to the end of the next sleep. */
import { setImmediate as turn } from 'node:timers/promises';
import { isPostgresAsked, postgresAnswers } from './postgres/under-way.ts';

/** Turns of the event loop in which work that waits for no time comes to rest. */
const turnsToRest = 12;

export class FakeClock {
  time = Date.parse('2026-01-01T00:00:00Z');
  private readonly sleepers = new Set<{ readonly at: number; readonly wake: () => void }>();

  readonly now = (): number => this.time;

  /** Wakes at a whole millisecond, as the process's clock has it. */
  readonly sleep = async (milliseconds: number, signal: AbortSignal): Promise<void> => {
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const sleeper = { at: Math.ceil(this.time + milliseconds), wake: resolve };
    const abort = (): void => reject(signal.reason);
    this.sleepers.add(sleeper);
    signal.addEventListener('abort', abort, { once: true });
    try {
      await promise;
    } finally {
      this.sleepers.delete(sleeper);
      signal.removeEventListener('abort', abort);
    }
  };

  /** Lets time pass until the work is done. */
  async run<T>(work: Promise<T>): Promise<T> {
    const over = new AbortController();
    const finished = work.finally(() => over.abort());
    finished.catch(() => undefined);
    while (!over.signal.aborted) {
      await rest();
      const next = Math.min(...[...this.sleepers].map(({ at }) => at));
      if (!Number.isFinite(next)) continue;
      this.time = Math.max(this.time, next);
      for (const sleeper of this.sleepers) if (sleeper.at <= this.time) sleeper.wake();
    }
    return finished;
  }
}

async function rest(): Promise<void> {
  for (let count = 0; count < turnsToRest; count += 1) {
    await turn();
    if (!isPostgresAsked()) continue;
    await postgresAnswers();
    count = 0;
  }
}
