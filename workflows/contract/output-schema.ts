/** JSON Schemas that answers must fit, as they are judged by. Not for the workflow sandbox, which has no schema library. */
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import type { JsonObject } from './json.ts';

/** Tells what of a value does not fit; null when all does. */
export type OutputJudge = (value: unknown) => string | null;

/** Throws for what is no JSON Schema. */
export function compileOutputSchema(schema: JsonObject): OutputJudge {
  const ajv = new Ajv({ allErrors: true, strict: false });
  formats.default(ajv);
  const validate = ajv.compile({ ...schema });
  return (value) => (validate(value) ? null : ajv.errorsText(validate.errors, { dataVar: 'output' }));
}

/** Why answers cannot be judged by a schema; undefined when they can. */
export function outputSchemaProblem(schema: JsonObject): string | undefined {
  try {
    compileOutputSchema(schema);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
