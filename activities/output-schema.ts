/** Whether a model's text is what a step's output schema asks for. */
import type { JsonObject, JsonValue } from '../workflows/contract/json.ts';
import { readJson } from '../workflows/contract/json-text.ts';
import { compileOutputSchema } from '../workflows/contract/output-schema.ts';

export type OutputReading =
  | { readonly ok: true; readonly value: JsonValue }
  | { readonly ok: false; readonly problem: string };

/** Reads texts by a schema; without one every text is an output of the form `{ text }`. Throws on a broken schema. */
export function createOutputReader(schema: JsonObject | null): (text: string) => OutputReading {
  if (schema === null) return (text) => ({ ok: true, value: { text } });
  const judge = compileOutputSchema(schema);
  return (text) => {
    const value = parse(text);
    if (value === undefined) return { ok: false, problem: 'it is not JSON' };
    const problem = judge(value);
    return problem === null ? { ok: true, value } : { ok: false, problem: problem.slice(0, 500) };
  };
}

/** JSON as models write it: bare, or in a fenced block. */
function parse(text: string): JsonValue | undefined {
  const fenced = /```(?:json)?\s*\n([\s\S]*?)\n```/.exec(text)?.[1];
  try {
    return readJson(fenced ?? text);
  } catch {
    return undefined;
  }
}
