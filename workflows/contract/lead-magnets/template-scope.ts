/**
 * What a template may name: the form's fields, the outputs of steps it needs, the job and, in a few places, secrets.
 * A path that cannot exist is refused when the definition is saved, not discovered in a deliverable.
 */
import { isJsonObject, type JsonValue } from '../json/json.ts';
import { templateNames, type TemplateName } from './template.ts';

/** The shape behind a path: its named parts, its items, or unknown (anything may be below). */
export type Shape =
  | { readonly kind: 'object'; readonly parts: Readonly<Record<string, Shape>> }
  | { readonly kind: 'list'; readonly item: Shape }
  | { readonly kind: 'value' }
  | { readonly kind: 'unknown' };

const value: Shape = { kind: 'value' };
const unknown: Shape = { kind: 'unknown' };

export function objectOf(names: readonly string[]): Shape {
  return { kind: 'object', parts: Object.fromEntries(names.map((name) => [name, value])) };
}

/** Levels of a schema that are looked at; deeper ones are refused elsewhere. */
const mostLevels = 40;

/** The shape that a JSON Schema describes, as far as it says; what it leaves open is unknown. */
export function shapeOfSchema(schema: JsonValue | undefined, level = 0): Shape {
  if (schema === undefined || !isJsonObject(schema) || level > mostLevels) return unknown;
  if (isJsonObject(schema['properties'])) {
    const parts = Object.entries(schema['properties']).map(([name, part]) => [name, shapeOfSchema(part, level + 1)]);
    return { kind: 'object', parts: Object.fromEntries(parts) };
  }
  if (schema['type'] === 'array') return { kind: 'list', item: shapeOfSchema(schema['items'], level + 1) };
  const scalar = ['string', 'number', 'integer', 'boolean', 'null'];
  return typeof schema['type'] === 'string' && scalar.includes(schema['type']) ? value : unknown;
}

/** What a template names that cannot exist, or what is wrong with its tags. */
export function textProblems(
  template: string,
  path: string,
  scope: Shape,
): { readonly path: string; readonly message: string }[] {
  const { names, problem } = templateNames(template);
  if (problem !== undefined) return [{ path, message: problem }];
  const messages = names.map((name) => nameProblem(name, scope)).filter((message) => message !== undefined);
  return [...new Set(messages)].map((message) => ({ path, message }));
}

/** The same for every text in a value. */
export function valueProblems(
  text: JsonValue | undefined,
  path: string,
  scope: Shape,
): ReturnType<typeof textProblems> {
  if (typeof text === 'string') return textProblems(text, path, scope);
  if (typeof text !== 'object' || text === null) return [];
  return Object.entries(text).flatMap(([key, part]) => valueProblems(part, `${path}.${key}`, scope));
}

/** A sentence about a name that cannot exist in the scope, or undefined. */
function nameProblem(name: TemplateName, scope: Shape): string | undefined {
  let contexts: readonly Shape[] = [scope];
  for (const section of name.sections) {
    const found = lookUp(section, contexts);
    if (found === undefined) return undefined; // The section itself is reported; what is inside it is not judged.
    contexts = [...contexts, found.kind === 'list' ? found.item : found];
  }
  if (name.path === '.' || lookUp(name.path, contexts) !== undefined) return undefined;
  const nearest = contexts.at(-1);
  const known = nearest?.kind === 'object' ? Object.keys(nearest.parts).join(', ') : '';
  return `{{${name.path}}} names nothing that exists here${known === '' ? '' : `; known: ${known}`}`;
}

/** The shape behind a path of the scope, or undefined where there can be none. */
export function shapeAt(path: string, scope: Shape): Shape | undefined {
  return lookUp(path, [scope]);
}

/** Mustache's rule: the first part is sought from the innermost context outwards, the rest below it. */
function lookUp(path: string, contexts: readonly Shape[]): Shape | undefined {
  if (path === '.') return contexts.at(-1);
  const [first, ...rest] = path.split('.');
  if (first === undefined) return undefined;
  for (const context of contexts.toReversed()) {
    let found = below(context, first);
    if (found === undefined) continue;
    for (const part of rest) found = found === undefined ? undefined : below(found, part);
    return found;
  }
  return undefined;
}

function below(shape: Shape, name: string): Shape | undefined {
  switch (shape.kind) {
    case 'unknown':
      return unknown;
    case 'value':
      return undefined;
    case 'list':
      return /^\d+$/.test(name) ? shape.item : name === 'length' ? value : undefined;
    case 'object':
      return Object.hasOwn(shape.parts, name) ? shape.parts[name] : undefined;
  }
}
