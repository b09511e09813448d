/**
 * Estimates the cost of validating by a JSON Schema for each character of a value: cheap validation runs at once, the
 * rest in a thread. It is an upper bound: each part of a schema may read each part of the value.
 */
import { isJsonObject, type JsonObject, type JsonValue } from '../json/json.ts';
import { patternSize } from '../patterns/linear-pattern.ts';
import { referenceFlaws, referredSchema } from './references.ts';
import { patternsAt } from './schema-bounds.ts';
import { walkSchema } from './schema-walk.ts';

/** Compiling a larger schema takes too long for the event loop. */
const mostParts = 200;
const mostDepth = 40;
/** Steps for a character of an address, whose regular expression takes quadratic time in its limited length. */
const stepsOfUrl = 128;

/** Steps for a character; infinite for a large schema, or one whose cost does not grow with the value alone. */
export function judgingCost(schema: JsonObject): number {
  const steps = new Map<JsonValue, number>();
  let parts = 0;
  for (const part of walkSchema(schema, mostParts + 1)) {
    parts += 1;
    if (parts > mostParts || part.depth > mostDepth) return Number.POSITIVE_INFINITY;
    // Saved before such references were refused: their targets are not known here.
    if (referenceFlaws(schema, part).length > 0) return Number.POSITIVE_INFINITY;
    const { value, kind } = part;
    if (kind !== 'schema' || !isJsonObject(value)) continue;
    if (value['uniqueItems'] === true) return Number.POSITIVE_INFINITY;
    steps.set(value, expressionSteps(value));
  }
  return withReferences(schema, steps);
}

function expressionSteps(schema: JsonObject): number {
  const patterns = patternsAt(schema).reduce((sum, { pattern }) => sum + patternSize(pattern), 0);
  return patterns + (schema['format'] === 'url' ? stepsOfUrl : 0);
}

/** One step for each part, and its own steps, with each reference expanded; infinite for what refers to itself. */
function withReferences(root: JsonObject, steps: ReadonlyMap<JsonValue, number>): number {
  const known = new Map<JsonValue, number>();
  const count = (value: JsonValue): number => {
    if (!Array.isArray(value) && !isJsonObject(value)) return 1;
    const before = known.get(value);
    if (before !== undefined) return before;
    known.set(value, Number.POSITIVE_INFINITY);
    const inner: readonly JsonValue[] = Object.values(value);
    const reference = isJsonObject(value) ? value['$ref'] : undefined;
    const referred = typeof reference === 'string' ? (referredSchema(root, reference) ?? root) : 0;
    const own = 1 + (steps.get(value) ?? 0);
    const sum = inner.reduce<number>((total, part) => total + count(part), own) + count(referred);
    known.set(value, sum);
    return sum;
  };
  return count(root);
}
