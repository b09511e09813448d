/** Runs again what failed for a reason that passes: a conflict with another transaction, or a server that is away. */
import { setTimeout } from 'node:timers/promises';
import { isConflict } from './passing-errors.ts';

/** Runs a transaction again that PostgreSQL has aborted because of another one. */
export function repeatedAfterConflicts<Result>(run: () => Promise<Result>): Promise<Result> {
  return repeated(run, isConflict, pauseAfterConflict);
}

const mostAttempts = 6;

/** The pause before a transaction that was aborted because of another one is run again. */
function pauseAfterConflict(failures: number): number | null {
  return failures === mostAttempts ? null : Math.random() * 10 * 2 ** failures;
}

/** Runs something until it succeeds, fails for a reason that does not pass, or no pause is left. */
export async function repeated<Result>(
  run: () => Promise<Result>,
  passes: (error: unknown) => boolean,
  pauseAfter: (failures: number) => number | null,
): Promise<Result> {
  for (let failures = 1; ; failures += 1) {
    try {
      return await run();
    } catch (error) {
      const pause = passes(error) ? pauseAfter(failures) : null;
      if (pause === null) throw error;
      await setTimeout(pause);
    }
  }
}
