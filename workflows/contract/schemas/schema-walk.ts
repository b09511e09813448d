/**
 * The parts of a JSON Schema with their places, found without recursion, because a hostile schema may have any depth.
 * It distinguishes schemas from maps of schemas and from plain data, so that a property called `pattern` is not taken
 * for a pattern.
 */
import { isJsonObject, type JsonObject, type JsonValue } from '../json/json.ts';

/** Keywords whose values are maps of schemas. */
const maps = new Set(['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas', 'dependencies']);
/** Keywords whose values are data. */
const data = new Set(['enum', 'const', 'default', 'example', 'examples', 'required', 'type', 'dependentRequired']);

export interface SchemaPart {
  /** The place within the schema, as in `.properties.name`. */
  readonly path: string;
  readonly depth: number;
  readonly value: JsonValue;
  readonly kind: 'schema' | 'map' | 'data';
}

/** Walks a schema from the outside inwards, up to a number of parts. */
export function* walkSchema(schema: JsonObject, mostParts: number): Generator<SchemaPart> {
  const waiting: SchemaPart[] = [{ path: '', depth: 1, value: schema, kind: 'schema' }];
  for (let count = 0; count < mostParts; count += 1) {
    const part = waiting.pop();
    if (part === undefined) return;
    yield part;
    waiting.push(...innerParts(part).toReversed());
  }
}

/** The part at the end of a path of names; undefined when there is none. */
export function schemaPartAt(schema: JsonObject, names: readonly string[]): SchemaPart | undefined {
  let part: SchemaPart = { path: '', depth: 1, value: schema, kind: 'schema' };
  for (const name of names) {
    const { value, kind, depth } = part;
    const inner = innerValue(value, name);
    if (inner === undefined) return undefined;
    const within = Array.isArray(value) ? kind : kindWithin(kind, name);
    part = { path: `${part.path}.${name}`, depth: depth + 1, value: inner, kind: within };
  }
  return part;
}

function innerValue(value: JsonValue, name: string): JsonValue | undefined {
  if (Array.isArray(value)) return /^(?:0|[1-9]\d{0,8})$/.test(name) ? value[Number(name)] : undefined;
  return isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

function innerParts({ path, depth, value, kind }: SchemaPart): SchemaPart[] {
  if (Array.isArray(value)) {
    return value.map((item: JsonValue, index) => ({ path: `${path}[${index}]`, depth: depth + 1, value: item, kind }));
  }
  if (!isJsonObject(value)) return [];
  return Object.entries(value).map(([name, inner]) => ({
    path: `${path}.${name}`,
    depth: depth + 1,
    value: inner,
    kind: kindWithin(kind, name),
  }));
}

function kindWithin(kind: SchemaPart['kind'], name: string): SchemaPart['kind'] {
  if (kind === 'data') return 'data';
  if (kind === 'map') return 'schema';
  return maps.has(name) ? 'map' : data.has(name) ? 'data' : 'schema';
}
