/**
 * Bounds the memory of calls over MCP: the protocol's server keeps the arguments of a call, files by value among them, until
 * the call has its answer. Over plain HTTP they are let go once they are stored.
 */
import { ProblemError } from '../http/problem.ts';

/** Of all calls under way together: 13 with 20 MB of files each. In memory a character has one byte, or two beyond Latin-1. */
const mostCharacters = 256 * 2 ** 20;

export interface HeldInputs {
  /** Counts the input while the work runs. Throws `ProblemError`, before the work begins, where it is too much. */
  during<Result>(input: unknown, work: () => Promise<Result>): Promise<Result>;
}

export function createHeldInputs(most = mostCharacters): HeldInputs {
  let held = 0;
  return {
    async during(input, work) {
      const characters = charactersOf(input);
      // One that is alone is never too much: it has the limits of its files.
      if (held > 0 && held + characters > most) {
        const detail = 'the calls that run have too many files; nothing was started. Call again in a moment';
        throw new ProblemError('too-many-calls', detail, { retryAfterSeconds: 5 });
      }
      held += characters;
      try {
        return await work();
      } finally {
        held -= characters;
      }
    },
  };
}

/** Of all texts within. Bodies are bounded in depth and number of values. */
function charactersOf(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce<number>((sum, part) => sum + charactersOf(part), 0);
}
