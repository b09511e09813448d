/** JSON Schemas that answers must fit, as they are judged by. Not for the workflow sandbox, which has no schema library. */
import { Ajv, type Options } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { JsonObject } from './json.ts';
import { linearPattern } from '../patterns/linear-pattern.ts';
import { schemaBoundProblems, type SchemaProblem } from '../schemas/schema-bounds.ts';

/** Tells what of a value does not fit; null when all does. */
export type OutputJudge = (value: unknown) => string | null;

/** Of a value that fits nowhere, more problems are no help; each makes a text of its own. */
const mostProblems = 20;

/** Characters of a web address: the expression for them takes time with the square of that. */
const longestUrl = 2048;

/** The library tells expressions apart by their text. */
const engine = (pattern: string) => ({ test: linearPattern(pattern).test, toString: () => pattern });

const options: Options = {
  allErrors: true,
  strict: false,
  // The code is for validators that are written to files, which none of ours is.
  code: { regExp: Object.assign(engine, { code: 'linearPattern' }) },
};

/** Throws for what is no JSON Schema. */
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

/** What keeps a schema from being used, with its place; none when answers can be judged by it. */
export function outputSchemaProblems(schema: JsonObject, place: string): readonly SchemaProblem[] {
  const problems = schemaBoundProblems(schema, place);
  if (problems.length > 0) return problems;
  try {
    const judge = compileOutputSchema(schema);
    // A schema that refers to itself without going into the value has no end, whatever the value.
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
