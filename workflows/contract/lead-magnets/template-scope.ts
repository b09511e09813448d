/**
 * What a template may refer to: the form's fields, the outputs of steps it needs, the job and, in a few places,
 * secrets. A path that cannot exist is refused when the definition is saved, and not found out in a deliverable.
 */
import { isJsonObject, type JsonValue } from '../json/json.ts';
import { templateNames, type TemplateName } from './template.ts';

/** The shape at a path: its named parts, its items, or unknown (anything may be below). */
export type Shape =
  | { readonly kind: 'object'; readonly parts: Readonly<Record<string, Shape>> }
  | { readonly kind: 'list'; readonly item: Shape }
  | { readonly kind: 'value' }
  | { readonly kind: 'unknown' };

/** What the templates of one place may refer to; secrets only where a template is sent to its own receiver. */
export interface Scope {
  readonly data: Shape;
  readonly withSecrets: Shape;
}

const value: Shape = { kind: 'value' };
const unknown: Shape = { kind: 'unknown' };

export function objectOf(names: readonly string[]): Shape {
  return { kind: 'object', parts: Object.fromEntries(names.map((name) => [name, value])) };
}

/** Levels of a schema that are read; deeper ones are refused elsewhere. */
const mostLevels = 40;

/** The shape that a JSON Schema describes; what it leaves open is unknown. */
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

/** References of a template that cannot exist, or errors in its tags. */
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

/** A sentence that says why a name cannot exist in the scope, or undefined. */
function nameProblem(name: TemplateName, scope: Shape): string | undefined {
  let contexts: readonly Shape[] = [scope];
  for (const section of name.sections) {
    const found = lookUp(section, contexts);
    if (found === undefined) return undefined; // The section itself is reported; its content is not checked.
    contexts = [...contexts, found.kind === 'list' ? found.item : found];
  }
  if (name.path === '.' || lookUp(name.path, contexts) !== undefined) return undefined;
  const nearest = contexts.at(-1);
  const known = nearest?.kind === 'object' ? Object.keys(nearest.parts).join(', ') : '';
  return `{{${name.path}}} names nothing that exists here${known === '' ? '' : `; known: ${known}`}`;
}

/** The shape at a path of the scope, or undefined when it cannot exist. */
export function shapeAt(path: string, scope: Shape): Shape | undefined {
  return lookUp(path, [scope]);
}

/** Mustache's rule: the first part is looked up from the innermost context outwards, the rest below it. */
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
