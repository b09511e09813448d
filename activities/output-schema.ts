/** Whether a model's text is what a step's output schema asks for. */
import type { JsonObject, JsonValue } from '../workflows/contract/json.ts';
import { flawInWords, readStrictJson, type StrictReading } from '../workflows/contract/strict-json.ts';
import { compileOutputSchema } from '../workflows/contract/output-schema.ts';

export type OutputReading =
  | { readonly ok: true; readonly value: JsonValue }
  | { readonly ok: false; readonly problem: string };

/** Reads texts by a schema; without one every text is an output of the form `{ text }`. Throws on a broken schema. */
export function createOutputReader(schema: JsonObject | null): (text: string) => OutputReading {
  if (schema === null) return (text) => ({ ok: true, value: { text } });
  const judge = compileOutputSchema(schema);
  return (text) => {
    const read = parse(text);
    if (!read.ok) return { ok: false, problem: flawsInWords(read) };
    const problem = judge(read.value);
    return problem === null ? { ok: true, value: read.value } : { ok: false, problem: problem.slice(0, 500) };
  };
}

function flawsInWords({ isJson, flaws }: StrictReading & { readonly ok: false }): string {
  const sentences = flaws.map((flaw) => flawInWords(flaw, 'it'));
  return isJson ? sentences.join('; ').slice(0, 500) : 'it is not JSON';
}

/** JSON as models write it: bare, or in a fenced block. */
function parse(text: string): StrictReading {
  return readStrictJson(fencedBlock(text) ?? text, 'refused');
}

const fence = '```';
const opening = /^(?:json)?[ \t\r]{0,20}\n/;

/** The first fenced block; sought by its ends, since an expression for it would take the square of a long answer. */
function fencedBlock(text: string): string | undefined {
  for (let at = text.indexOf(fence); at !== -1; at = text.indexOf(fence, at + fence.length)) {
    const label = opening.exec(text.slice(at + fence.length, at + fence.length + 40))?.[0];
    if (label === undefined) continue;
    const start = at + fence.length + label.length;
    // From the line end that closes the label, so that an empty block is one too.
    const end = text.indexOf(`\n${fence}`, start - 1);
    return end === -1 ? undefined : text.slice(start, end);
  }
  return undefined;
}
