/** Reads the prompt of an experiment's round, as a model would: its blocks by their titles. */
import { z } from 'zod';

export interface RoundPrompt {
  readonly leastPsnrDb: number;
  /** Null when no code of an earlier round is shown. */
  readonly lastCode: string | null;
  /** Null in the first round. */
  readonly lastResult: LastResult | null;
}

const FailureSchema = z.object({ phase: z.string(), message: z.string(), line: z.number().optional() });
const ResultSchema = z.object({
  failure: FailureSchema.optional(),
  ratio: z.number().optional(),
  psnrDb: z.union([z.number(), z.literal('infinite').transform(() => Number.POSITIVE_INFINITY)]).optional(),
});
export type LastResult = z.infer<typeof ResultSchema>;
const WantedSchema = z.object({ leastPsnrDb: z.number() });

const title = /^=== (.+) ===$/;

/** Null for a text that is no such prompt. */
export function readPrompt(text: string): RoundPrompt | null {
  const blocks = blocksOf(text);
  const wanted = WantedSchema.safeParse(jsonOf(blocks.get('wanted')));
  if (!wanted.success || !blocks.has('rounds so far')) return null;
  const lastCode = [...blocks].find(([name]) => /^code of round \d+, .*the last$/.test(name))?.[1] ?? null;
  const result = ResultSchema.safeParse(jsonOf(blocks.get('result of the last round')));
  return { leastPsnrDb: wanted.data.leastPsnrDb, lastCode, lastResult: result.data ?? null };
}

function blocksOf(text: string): ReadonlyMap<string, string> {
  const blocks = new Map<string, string[]>();
  let lines: string[] = [];
  for (const line of text.split('\n')) {
    const name = title.exec(line)?.[1];
    if (name === undefined) lines.push(line);
    else blocks.set(name, (lines = []));
  }
  return new Map([...blocks].map(([name, content]) => [name, content.join('\n').trim()]));
}

/** The first line of a block as JSON; undefined when it is none. */
function jsonOf(block: string | undefined): unknown {
  try {
    return JSON.parse(block?.split('\n')[0] ?? '');
  } catch {
    return undefined;
  }
}
