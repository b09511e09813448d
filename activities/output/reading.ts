/** A model's text parsed by a schema: an output, or the reason why it does not fit. */
import type { JsonValue } from '../../workflows/contract/json/json.ts';
import type { OutputJudge } from '../../workflows/contract/json/output-schema.ts';
import { describeFlaw, readStrictJson, type StrictReading } from '../../workflows/contract/json/strict-json.ts';
import { fencedBlock } from './fenced-block.ts';
import { cutText } from '../../workflows/contract/cut-text.ts';

export type OutputReading =
  | { readonly ok: true; readonly value: JsonValue }
  | {
      readonly ok: false;
      readonly problem: string;
      /** It may well fit: no reason to ask the model again. */
      readonly isUnjudged?: true;
    };

/** JSON as models write it: bare, or in a fenced block. */
export function readOutput(judge: OutputJudge, text: string): OutputReading {
  const read = readStrictJson(fencedBlock(text) ?? text, 'refused');
  if (!read.ok) return { ok: false, problem: describeFlaws(read) };
  const problem = problemOf(judge, read.value);
  return problem === null ? { ok: true, value: read.value } : { ok: false, problem: cutText(problem, 500) };
}

function describeFlaws({ isJson, flaws }: StrictReading & { readonly ok: false }): string {
  const sentences = flaws.map((flaw) => describeFlaw(flaw, 'it'));
  return isJson ? cutText(sentences.join('; '), 500) : 'it is not JSON';
}

function problemOf(judge: OutputJudge, value: JsonValue): string | null {
  try {
    return judge(value);
  } catch (error) {
    if (error instanceof RangeError) return 'it is nested too deeply to be judged';
    throw error;
  }
}
