/**
 * Whether a model's text is what a step's output schema asks for. Small texts are judged at once; where the schema and the
 * text could hold the process for longer than its other work can wait, they are judged in a thread.
 */
import { runInThread, ThreadLimit } from '../threads/run-in-thread.ts';
import type { JsonObject } from '../workflows/contract/json.ts';
import { compileOutputSchema } from '../workflows/contract/output-schema.ts';
import { judgingCost } from '../workflows/contract/schemas/judging-cost.ts';
import type judgeText from './output/judge-work.ts';
import { readOutput, type OutputReading } from './output/reading.ts';

/** Thrown for a schema that nothing can be judged by; the message says why. */
export class UnusableSchema extends Error {
  override readonly name = 'UnusableSchema';
}

export type OutputReader = (text: string) => Promise<OutputReading>;

/** Steps that are taken on the event loop: some hundredths of a second. */
const mostStepsHere = 1_000_000;
const mostCharactersHere = 50_000;
const mostMilliseconds = 15_000;

/** Reads texts by a schema; without one every text is an output of the form `{ text }`. Throws `UnusableSchema`. */
export async function createOutputReader(schema: JsonObject | null): Promise<OutputReader> {
  if (schema === null) return async (text) => ({ ok: true, value: { text } });
  try {
    return await readerOf(schema);
  } catch (error) {
    throw new UnusableSchema(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/**
 * As `createOutputReader`, for what has to go on whatever the schema is, such as the end of a batch from before its schema
 * was refused on save: where the schema cannot be used, no text fits.
 */
export async function createReaderOrNone(schema: JsonObject | null): Promise<OutputReader> {
  try {
    return await createOutputReader(schema);
  } catch (error) {
    if (!(error instanceof UnusableSchema)) throw error;
    const problem = `the output schema cannot be used: ${error.message}`;
    return async () => ({ ok: false, problem });
  }
}

async function readerOf(schema: JsonObject): Promise<OutputReader> {
  const cost = judgingCost(schema);
  if (!Number.isFinite(cost)) {
    await inThread(schema, null);
    return (text) => readInThread(schema, text);
  }
  const judge = compileOutputSchema(schema);
  return async (text) =>
    text.length <= mostCharactersHere && cost * text.length <= mostStepsHere
      ? readOutput(judge, text)
      : readInThread(schema, text);
}

async function readInThread(schema: JsonObject, text: string): Promise<OutputReading> {
  try {
    return (await inThread(schema, text)) ?? { ok: false, problem: 'it was not judged' };
  } catch (error) {
    if (!(error instanceof ThreadLimit)) throw error;
    return { ok: false, problem: `it cannot be judged by the schema: ${error.message}` };
  }
}

function inThread(schema: JsonObject, text: string | null): Promise<OutputReading | null> {
  const module = new URL('./output/judge-work.ts', import.meta.url);
  return runInThread<typeof judgeText>(module, { schema, text }, { timeoutMilliseconds: mostMilliseconds });
}
