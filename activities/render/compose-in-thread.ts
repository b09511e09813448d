/**
 * Composes a document and inserts its images off the event loop and within limits; a document that reaches a limit
 * fails its step with a sentence.
 */
import { runInThread, ThreadLimit } from '../../threads/run-in-thread.ts';
import { failure } from '../failure.ts';
import type compose from './compose.ts';
import type { Composed, ComposeInput } from './compose.ts';
import type placeImages from './place-images.ts';
import type { Placed, PlaceInput } from './place-images.ts';

const timeoutMilliseconds = 45_000;

/** `owner` is for whom the document is: owners take turns for a thread. */
export function composeInThread(input: ComposeInput, owner: string, signal: AbortSignal): Promise<Composed> {
  const module = new URL('./compose.ts', import.meta.url);
  return withinLimits(runInThread<typeof compose>(module, input, { timeoutMilliseconds, owner, signal }));
}

export function placeInThread(input: PlaceInput, owner: string, signal: AbortSignal): Promise<Placed> {
  const module = new URL('./place-images.ts', import.meta.url);
  return withinLimits(runInThread<typeof placeImages>(module, input, { timeoutMilliseconds, owner, signal }));
}

async function withinLimits<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    const problem = limitOf(error);
    if (problem === null) throw error;
    const message = `the document cannot be composed: ${problem}; the values in it are too large or nested too deeply`;
    throw failure('step_definition', message, { cause: error });
  }
}

/** A sentence about the limit that was reached, or null. Of an error in a thread, only the standard name survives. */
function limitOf(error: unknown): string | null {
  if (error instanceof ThreadLimit) return error.message;
  return error instanceof Error && error.name === 'RangeError' ? error.message : null;
}
