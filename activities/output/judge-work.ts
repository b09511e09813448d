/** Validates a model's text by a schema in a thread, when the schema, the text, or their combination is large. */
import type { JsonObject } from '../../workflows/contract/json/json.ts';
import { compileOutputSchema, type OutputJudge } from '../../workflows/contract/json/output-schema.ts';
import { readOutput, type OutputReading } from './reading.ts';

/** Compiled schemas in the cache: all items of a batch have the same one. */
const mostKept = 10;
const kept = new Map<string, OutputJudge>();

/** Without a text it only checks, by throwing, whether the schema can be used. */
export default function judgeText(input: { schema: JsonObject; text: string | null }): OutputReading | null {
  const key = JSON.stringify(input.schema);
  const judge = kept.get(key) ?? compileOutputSchema(input.schema);
  kept.set(key, judge);
  const [oldest] = kept.keys();
  if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest);
  return input.text === null ? null : readOutput(judge, input.text);
}
