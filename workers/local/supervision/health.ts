/** Checks whether a running process also works: it is asked repeatedly, and must answer. */
import { setTimeout as delay } from 'node:timers/promises';

export interface Pace {
  /** The time between two questions, and the time limit of an answer. */
  readonly everyMilliseconds: number;
  /** After this many consecutive questions without an answer it counts as dead. */
  readonly mostUnanswered: number;
}

/** 20 s: longer than any of our work may block an event loop, even on a machine that is short of processors. */
export const usualPace: Pace = { everyMilliseconds: 5_000, mostUnanswered: 4 };

/** Whether there is an answer. The signal aborts when it is too late for one. */
export type Question = (signal: AbortSignal) => Promise<boolean>;

/** Resolves when the last questions all had no answer. Rejects when the signal aborts. */
export async function untilSilent(ask: Question, pace: Pace, signal: AbortSignal): Promise<void> {
  let unanswered = 0;
  while (unanswered < pace.mostUnanswered) {
    const round = new AbortController();
    const end = (): void => round.abort();
    signal.addEventListener('abort', end, { once: true });
    try {
      const roundEnds = delay(pace.everyMilliseconds, false, { signal });
      // A failed question counts as one without an answer; the next one comes no sooner.
      const answer = ask(round.signal).catch(() => false);
      const answered = await Promise.race([answer.then((is) => is || roundEnds), roundEnds]);
      unanswered = answered ? 0 : unanswered + 1;
      if (answered) await roundEnds;
    } finally {
      round.abort();
      signal.removeEventListener('abort', end);
    }
  }
}
