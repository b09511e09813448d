/**
 * Limits on the JSON Schemas of definitions: compiling takes time with their size, and validating takes time with what
 * their keywords do to the value. They are checked when a definition is saved; each problem has its place and how to
 * fix it.
 */
import { isJsonObject, type JsonObject } from '../json/json.ts';
import { patternProblem } from '../patterns/linear-pattern.ts';
import { referenceFlaws } from './references.ts';
import { walkSchema, type SchemaPart } from './schema-walk.ts';

const most = {
  characters: 100_000,
  depth: 40,
  parts: 5000,
  values: 1000,
  patterns: 50,
  uniqueItems: 1000,
} as const;

export interface SchemaProblem {
  readonly path: string;
  readonly message: string;
}

/** Why a schema cannot be used; paths begin with the schema's own. */
export function schemaBoundProblems(schema: JsonObject, place: string): readonly SchemaProblem[] {
  const problems: SchemaProblem[] = [];
  let patterns = 0;
  let parts = 0;
  for (const part of walkSchema(schema, most.parts + 1)) {
    const path = `${place}${part.path}`;
    parts += 1;
    if (parts > most.parts) return [{ path: place, message: `has more than ${most.parts} parts: split the step` }];
    // All other code that reads the schema may descend by recursion.
    if (part.depth > most.depth) return [{ path, message: `is nested more than ${most.depth} levels deep` }];
    const found = part.kind === 'schema' && isJsonObject(part.value) ? patternsAt(part.value) : [];
    patterns += found.length;
    problems.push(...keywordProblems(part, path));
    for (const { keyword, message } of referenceFlaws(schema, part)) {
      problems.push({ path: `${path}.${keyword}`, message });
    }
    for (const { name, pattern } of found) {
      const message = patternProblem(pattern);
      if (message !== undefined) problems.push({ path: `${path}.${name}`, message });
    }
    if (patterns > most.patterns) {
      return [...problems, { path: place, message: `has more than ${most.patterns} patterns; leave some out` }];
    }
  }
  const characters = JSON.stringify(schema).length;
  if (characters > most.characters) {
    const message = `has ${characters} characters as JSON; at most ${most.characters} are allowed`;
    problems.push({ path: place, message });
  }
  return problems;
}

/** The regular expressions of one schema, without those of its subschemas. */
export function patternsAt(schema: JsonObject): { readonly name: string; readonly pattern: string }[] {
  const { pattern, patternProperties } = schema;
  return [
    ...(typeof pattern === 'string' ? [{ name: 'pattern', pattern }] : []),
    ...(isJsonObject(patternProperties)
      ? Object.keys(patternProperties).map((name) => ({ name: `patternProperties.${name}`, pattern: name }))
      : []),
  ];
}

function keywordProblems({ kind, value }: SchemaPart, path: string): SchemaProblem[] {
  if (kind !== 'schema' || !isJsonObject(value)) return [];
  const { enum: values, uniqueItems, maxItems } = value;
  const problems: SchemaProblem[] = [];
  if (Array.isArray(values) && values.length > most.values) {
    problems.push({ path: `${path}.enum`, message: `has ${values.length} values; at most ${most.values} are allowed` });
  }
  if (uniqueItems === true && !(typeof maxItems === 'number' && maxItems <= most.uniqueItems)) {
    const message = `compares every two items: set maxItems, to ${most.uniqueItems} at most`;
    problems.push({ path: `${path}.uniqueItems`, message });
  }
  return problems;
}
