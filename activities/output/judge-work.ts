/** Judges a model's text by a schema, in a thread: the schema or the text is large, or what they make of each other. */
import type { JsonObject } from '../../workflows/contract/json/json.ts';
import { compileOutputSchema, type OutputJudge } from '../../workflows/contract/json/output-schema.ts';
import { readOutput, type OutputReading } from './reading.ts';

/** Compiled schemas that are kept: the items of a batch have one. */
const mostKept = 10;
const kept = new Map<string, OutputJudge>();

/** Without a text it is only told, by throwing, whether there can be judged by the schema at all. */
export default function judgeText(input: { schema: JsonObject; text: string | null }): OutputReading | null {
  const key = JSON.stringify(input.schema);
  const judge = kept.get(key) ?? compileOutputSchema(input.schema);
  kept.set(key, judge);
  const [oldest] = kept.keys();
  if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest);
  return input.text === null ? null : readOutput(judge, input.text);
}
