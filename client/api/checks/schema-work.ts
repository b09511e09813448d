/** Checks a JSON Schema in a thread, by compiling it. */
import type { JsonObject } from '../../../workflows/contract/json/json.ts';
import { outputSchemaProblems } from '../../../workflows/contract/json/output-schema.ts';
import type { SchemaProblem } from '../../../workflows/contract/schemas/schema-bounds.ts';

export default function judgeSchema(input: { schema: JsonObject; place: string }): readonly SchemaProblem[] {
  return outputSchemaProblems(input.schema, input.place);
}
