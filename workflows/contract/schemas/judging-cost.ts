/**
 * What judging by a JSON Schema may cost for each character of a value, so that what is small is judged at once and the
 * rest in a thread. An upper bound: each part of a schema may look at each part of the value.
 */
import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts';
import { patternSize } from '../patterns/linear-pattern.ts';
import { patternsAt } from './schema-bounds.ts';
import { walkSchema } from './schema-walk.ts';

/** Compiling more takes too long for an event loop. */
const mostParts = 200;
const mostDepth = 40;

/** Steps for a character; infinite for a schema that is large, or whose cost does not grow with the value alone. */
export function judgingCost(schema: JsonObject): number {
  let parts = 0;
  let patterns = 0;
  for (const { depth, value, kind } of walkSchema(schema, mostParts + 1)) {
    parts += 1;
    if (parts > mostParts || depth > mostDepth) return Number.POSITIVE_INFINITY;
    if (kind !== 'schema' || !isJsonObject(value)) continue;
    if (value['uniqueItems'] === true || value['$dynamicRef'] !== undefined) return Number.POSITIVE_INFINITY;
    for (const { pattern } of patternsAt(value)) patterns += patternSize(pattern);
  }
  return partsWithReferences(schema) + patterns;
}

/** The parts of a schema with each reference written out; infinite for one that refers to itself. */
function partsWithReferences(root: JsonObject): number {
  const known = new Map<JsonValue, number>();
  const count = (value: JsonValue): number => {
    if (!Array.isArray(value) && !isJsonObject(value)) return 1;
    const before = known.get(value);
    if (before !== undefined) return before;
    known.set(value, Number.POSITIVE_INFINITY);
    const inner: readonly JsonValue[] = Object.values(value);
    const reference = isJsonObject(value) ? value['$ref'] : undefined;
    const referred = typeof reference === 'string' ? resolve(root, reference) : 0;
    const sum = inner.reduce<number>((total, part) => total + count(part), 1) + count(referred);
    known.set(value, sum);
    return sum;
  };
  return count(root);
}

/** What a reference within the schema names; the whole where that is not plain, which counts as endless. */
function resolve(root: JsonObject, reference: string): JsonValue {
  if (!reference.startsWith('#/')) return root;
  let found: JsonValue | undefined = root;
  for (const part of reference.slice(2).split('/')) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(found)) found = found[Number(name)];
    else found = isJsonObject(found) && Object.hasOwn(found, name) ? found[name] : undefined;
  }
  return found ?? root;
}
