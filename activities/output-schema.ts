/**
 * Validates a model's text by a step's output schema. Cheap validation runs at once; when schema and text could block
 * the event loop for too long, it runs in a thread.
 */
import { runInThread, ThreadLimit } from '../threads/run-in-thread.ts';
import type { JsonObject } from '../workflows/contract/json/json.ts';
import { compileOutputSchema } from '../workflows/contract/json/output-schema.ts';
import { judgingCost } from '../workflows/contract/schemas/judging-cost.ts';
import type judgeText from './output/judge-work.ts';
import { readOutput, type OutputReading } from './output/reading.ts';

/** Thrown for a schema that cannot be used; the message says why. */
export class UnusableSchema extends Error {
  override readonly name = 'UnusableSchema';
}

/** The signal ends the validation and the wait for a thread; its reason is thrown. */
export type OutputReader = (text: string, signal?: AbortSignal) => Promise<OutputReading>;

export interface ReaderOptions {
  /** For whom answers are validated, a batch or the lead magnet of a job: owners take turns for a thread. */
  readonly owner: string;
  /** Aborting it ends the check of the schema. */
  readonly signal?: AbortSignal;
}

/** Steps on the event loop: some milliseconds, even when each of them fails and creates an error. */
const mostStepsHere = 100_000;
const mostCharactersHere = 50_000;
/** Schemas with a higher cost a character are compiled in a thread too. */
const mostCostHere = 150;
/** Milliseconds of processor time. */
const mostMilliseconds = 5_000;

/** Parses texts by a schema; without one every text is an output of the form `{ text }`. Throws `UnusableSchema`. */
export async function createOutputReader(schema: JsonObject | null, options: ReaderOptions): Promise<OutputReader> {
  if (schema === null) return async (text) => ({ ok: true, value: { text } });
  try {
    return await readerOf(schema, options);
  } catch (error) {
    options.signal?.throwIfAborted();
    throw new UnusableSchema(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/**
 * Like `createOutputReader`, for work that must continue whatever the schema is, such as ending a batch that was
 * created before its schema was refused on save: with an unusable schema, no text can be validated.
 */
export async function createReaderOrNone(schema: JsonObject | null, options: ReaderOptions): Promise<OutputReader> {
  try {
    return await createOutputReader(schema, options);
  } catch (error) {
    if (!(error instanceof UnusableSchema)) throw error;
    const problem = `the output schema cannot be used: ${error.message}`;
    return async () => ({ ok: false, problem, isUnjudged: true });
  }
}

async function readerOf(schema: JsonObject, { owner, signal }: ReaderOptions): Promise<OutputReader> {
  const cost = judgingCost(schema);
  const readAside: OutputReader = (text, ends) => readInThread(schema, text, owner, ends);
  if (cost > mostCostHere) {
    await inThread({ schema, text: null }, owner, signal);
    return readAside;
  }
  const judge = compileOutputSchema(schema);
  return async (text, ends) =>
    text.length <= mostCharactersHere && cost * text.length <= mostStepsHere
      ? readOutput(judge, text)
      : readAside(text, ends);
}

async function readInThread(
  schema: JsonObject,
  text: string,
  owner: string,
  signal: AbortSignal | undefined,
): Promise<OutputReading> {
  try {
    return (await inThread({ schema, text }, owner, signal)) ?? unjudged('it was not judged');
  } catch (error) {
    if (!(error instanceof ThreadLimit)) throw error;
    return unjudged(`it cannot be judged by the schema: ${error.message}`);
  }
}

function unjudged(problem: string): OutputReading {
  return { ok: false, problem, isUnjudged: true };
}

function inThread(
  input: Parameters<typeof judgeText>[0],
  owner: string,
  signal: AbortSignal | undefined,
): Promise<OutputReading | null> {
  const module = new URL('./output/judge-work.ts', import.meta.url);
  return runInThread<typeof judgeText>(module, input, { timeoutMilliseconds: mostMilliseconds, owner, signal });
}
