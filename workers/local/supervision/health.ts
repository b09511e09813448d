/** Whether a process that is alive also works: it is asked again and again, and must answer. */
import { setTimeout as delay } from 'node:timers/promises';

export interface Pace {
  /** Between two questions, and how long an answer may take. */
  readonly everyMilliseconds: number;
  /** So many questions in a row without an answer, and it counts as dead. */
  readonly mostUnanswered: number;
}

/** 20 s: longer than any work of ours may hold an event loop, also on a machine that is short of processors. */
export const usualPace: Pace = { everyMilliseconds: 5_000, mostUnanswered: 4 };

/** Whether there is an answer. The signal aborts when it is too late for one. */
export type Question = (signal: AbortSignal) => Promise<boolean>;

/** Resolves when the last questions were all left without an answer. Rejects when the signal aborts. */
export async function untilSilent(ask: Question, pace: Pace, signal: AbortSignal): Promise<void> {
  let unanswered = 0;
  while (unanswered < pace.mostUnanswered) {
    const round = new AbortController();
    const end = (): void => round.abort();
    signal.addEventListener('abort', end, { once: true });
    try {
      const roundEnds = delay(pace.everyMilliseconds, false, { signal });
      // A failed question is one without an answer; the next comes no sooner for it.
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
