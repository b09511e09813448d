/**
 * References within a JSON Schema, and everything that makes a reference mean one thing to the library and another to
 * our checks: names of schemas within it, references by such names, and places that are data. Only references to plain
 * places are followed.
 */
import { isJsonObject, type JsonObject, type JsonValue } from '../json/json.ts';
import { schemaPartAt, type SchemaPart } from './schema-walk.ts';
import { cutText } from '../cut-text.ts';

/**
 * A place such as `#/$defs/name`, without percent signs and empty names, which the library interprets in its own way.
 */
const plainPlace = /^#(?:\/(?:[\p{L}\p{M}\p{N}_$.-]|~[01])+)*$/u;
/** The library finds these keywords in data too, and then resolves references by them. */
const names = ['$id', '$anchor', '$dynamicAnchor', '$recursiveAnchor'] as const;
const lateReferences = ['$dynamicRef', '$recursiveRef'] as const;

export interface ReferenceFlaw {
  readonly keyword: string;
  readonly message: string;
}

/** Why the references of one part of a schema cannot be followed. */
export function referenceFlaws(root: JsonObject, { kind, value }: SchemaPart): ReferenceFlaw[] {
  if (!isJsonObject(value)) return [];
  const flaws = value === root ? rootFlaws(root) : nameFlaws(value);
  if (kind !== 'schema') return flaws;
  for (const keyword of lateReferences) {
    if (value[keyword] !== undefined) flaws.push({ keyword, message: 'is not supported: use $ref, as #/$defs/…' });
  }
  const { $ref: reference } = value;
  const message = typeof reference === 'string' ? referenceProblem(root, reference) : null;
  if (message !== null) flaws.push({ keyword: '$ref', message });
  return flaws;
}

/** The schema that a reference points to; undefined when the reference is not plain, or points to no schema. */
export function referredSchema(root: JsonObject, reference: string): JsonValue | undefined {
  if (!plainPlace.test(reference)) return undefined;
  const path = reference.split('/').slice(1);
  const part = schemaPartAt(
    root,
    path.map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~')),
  );
  if (part?.kind !== 'schema') return undefined;
  return isJsonObject(part.value) || typeof part.value === 'boolean' ? part.value : undefined;
}

function nameFlaws(value: JsonObject): ReferenceFlaw[] {
  return names
    .filter(
      (keyword) => typeof value[keyword] === 'string' || (keyword === '$recursiveAnchor' && value[keyword] === true),
    )
    .map((keyword) => ({ keyword, message: 'names a part of the schema: leave it out and refer to #/$defs/…' }));
}

/** The whole schema may have a name; references are resolved against it, so it must not be a place. */
function rootFlaws({ $id: id }: JsonObject): ReferenceFlaw[] {
  if (typeof id !== 'string' || /^[^#]*#?$/.test(id)) return [];
  return [{ keyword: '$id', message: 'names a place: leave out what follows the #' }];
}

function referenceProblem(root: JsonObject, reference: string): string | null {
  const shown = cutText(reference, 200);
  if (!reference.startsWith('#'))
    return `${shown} is outside the schema: copy it to $defs and refer to it as #/$defs/…`;
  if (!plainPlace.test(reference)) {
    return `${shown} is no plain place: write it as #/$defs/name, with a name of letters, digits, _, $, . and -`;
  }
  if (referredSchema(root, reference) !== undefined) return null;
  return `${shown} is the place of no schema: put the schema in $defs and refer to it as #/$defs/…`;
}
