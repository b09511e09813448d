/** Compiles the JSON Schemas that answers must fit. Not for the workflow sandbox, which has no schema library. */
import { Ajv, type Options } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { JsonObject } from './json.ts';
import { linearPattern } from '../patterns/linear-pattern.ts';
import { schemaBoundProblems, type SchemaProblem } from '../schemas/schema-bounds.ts';

/** Returns what does not fit in a value, or null. */
export type OutputJudge = (value: unknown) => string | null;

/** The number of problems that are reported: more do not help with a value that fits nowhere, and each is a text. */
const mostProblems = 20;

/** The maximum length of a web address: its regular expression takes quadratic time. */
const longestUrl = 2048;

/** The library identifies regular expressions by their text. */
const engine = (pattern: string) => ({ test: linearPattern(pattern).test, toString: () => pattern });

const options: Options = {
  allErrors: true,
  strict: false,
  // The generated code is only needed for validators that are written to files.
  code: { regExp: Object.assign(engine, { code: 'linearPattern' }) },
};

/** Throws for an invalid JSON Schema. */
export function compileOutputSchema(schema: JsonObject): OutputJudge {
  const ajv = is2020(schema) ? new Ajv2020(options) : new Ajv(options);
  formats.default(ajv);
  const url = formats.default.get('url');
  if (url instanceof RegExp) ajv.addFormat('url', (text: string) => text.length <= longestUrl && url.test(text));
  const validate = ajv.compile({ ...schema });
  return (value) =>
    validate(value) ? null : ajv.errorsText(validate.errors?.slice(0, mostProblems), { dataVar: 'output' });
}

function is2020({ $schema: dialect }: JsonObject): boolean {
  return typeof dialect === 'string' && dialect.includes('/2020-12/');
}

/** Why a schema cannot be used, with the place; empty when it can. */
export function outputSchemaProblems(schema: JsonObject, place: string): readonly SchemaProblem[] {
  const problems = schemaBoundProblems(schema, place);
  if (problems.length > 0) return problems;
  try {
    const judge = compileOutputSchema(schema);
    // A schema that refers to itself without descending into the value never ends, for any value.
    for (const value of [null, '', 0, [], {}]) judge(value);
    return [];
  } catch (error) {
    const endless = error instanceof RangeError;
    const problem = endless
      ? 'it refers to itself without end'
      : error instanceof Error
        ? error.message
        : String(error);
    return [{ path: place, message: `is no JSON Schema: ${problem}` }];
  }
}
