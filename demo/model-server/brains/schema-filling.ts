/**
 * Fills a JSON Schema from data by the names of its properties: data of the same name first, then of a similar name. A text
 * without matching data becomes a summary of the data. Nothing is invented: an unknown value is null where the schema allows
 * it, and empty or zero otherwise. The result always satisfies the structure of the schema.
 */
import type { JsonSchema } from './brain.ts';
import { isList, isRecord, type Json, type JsonRecord } from '../http/json.ts';
import { valuesNamed } from '../names.ts';
import { mentions } from './prose.ts';
import { fillBoolean, fillNumber, fillString } from './scalar-filling.ts';
import { nodeOf, typeOf, type SchemaNode } from './schema-node.ts';

/** A schema may refer to itself. Below this depth only required properties are filled. */
const deepest = 12;

/** Summaries describe `subject`: the facts that the answer is about. Other facts are only looked up by name. */
export function fillSchema(schema: JsonSchema, facts: Json, subject: Json = facts): Json {
  return fill(schema, { name: '', facts, scope: subject, value: undefined, root: schema, depth: 0 });
}

interface Place {
  /** The name of the property; for the items of a list, the name of the list. */
  readonly name: string;
  readonly facts: Json;
  /** The facts that this part of the answer is about. */
  readonly scope: Json;
  /** The data with the name of this property; undefined when there is none. */
  readonly value: Json | undefined;
  readonly root: JsonSchema;
  readonly depth: number;
}

function fill(schema: unknown, place: Place): Json {
  const node = nodeOf(schema, place.root);
  if (node.const !== undefined) return node.const;
  if (node.enum !== undefined) return choose(node.enum, place);
  if (node.options.length > 0) return fillOption(node, place);
  if (node.nullable && isNothing(place.value)) return null;
  switch (typeOf(node)) {
    case 'object':
      return fillObject(node, place);
    case 'array':
      return fillArray(node, place);
    case 'number':
    case 'integer':
      return fillNumber(node, place.value);
    case 'boolean':
      return fillBoolean(place.value);
    case 'null':
      return null;
    case 'string':
    case undefined:
    default:
      return fillString(node, place);
  }
}

function choose(options: readonly Json[], { value, scope }: Place): Json {
  const said = options.find((option) => option === value);
  if (said !== undefined) return said;
  if (isNothing(value) && options.includes(null)) return null;
  const words = options.filter((option) => typeof option === 'string');
  const known = value ?? scope;
  return words.find((option) => mentions(known, option)) ?? options.find((option) => option !== null) ?? null;
}

/** Chooses the option with the type of the value, or else the first that is not null. */
function fillOption(node: SchemaNode, place: Place): Json {
  const options = node.options.map((option) => ({ option, type: typeOf(nodeOf(option, place.root)) }));
  if (isNothing(place.value) && options.some(({ type }) => type === 'null')) return null;
  const real = options.filter(({ type }) => type !== 'null');
  const fitting = real.find(({ type }) => place.value !== undefined && hasType(place.value, type));
  const chosen = fitting ?? real[0];
  return chosen === undefined ? null : fill(chosen.option, place);
}

function fillObject(node: SchemaNode, place: Place): Json {
  const own = isRecord(place.value) ? place.value : undefined;
  const scope = place.value ?? place.scope;
  const filled: Record<string, Json> = {};
  for (const [name, property] of Object.entries(node.properties)) {
    const isRequired = node.required.includes(name);
    const type = typeOf(nodeOf(property, place.root));
    const value = lookUp(name, type, own, place);
    if (!isRequired && (value === undefined || place.depth >= deepest)) continue;
    filled[name] = fill(property, { ...place, name, scope, value, depth: place.depth + 1 });
  }
  return { ...spare(node, own, place), ...filled };
}

/** The other properties of the value, where the schema allows additional properties. */
function spare(node: SchemaNode, own: JsonRecord | undefined, place: Place): JsonRecord {
  const isOpen = Object.keys(node.properties).length === 0 || node.additionalProperties !== undefined;
  if (own === undefined || node.additionalProperties === false || !isOpen) return {};
  const rest = Object.entries(own).filter(([name]) => !(name in node.properties));
  const schema = node.additionalProperties;
  if (schema === undefined || schema === true) return Object.fromEntries(rest);
  return Object.fromEntries(
    rest.map(([name, value]) => [name, fill(schema, { ...place, name, scope: value, value, depth: place.depth + 1 })]),
  );
}

/** Looks in the record of the object first, then in all facts, except for items of a list. */
function lookUp(name: string, type: string | undefined, own: JsonRecord | undefined, place: Place): Json | undefined {
  const candidates = [...valuesNamed(name, own ?? place.scope), ...valuesNamed(name, place.facts)];
  return (
    candidates.find((candidate) => hasType(candidate, type)) ?? candidates.find((candidate) => !isNothing(candidate))
  );
}

function fillArray(node: SchemaNode, place: Place): Json {
  const { value } = place;
  const known = isNothing(value) ? listLike(node, place) : value;
  const entries = isList(known) ? known : isNothing(known) || known === undefined ? [] : [known];
  const itemsWanted = Math.min(Math.max(entries.length, node.minItems), node.maxItems);
  const filled: Json[] = [];
  for (let index = 0; index < itemsWanted && place.depth < deepest; index += 1) {
    const entry = entries[index];
    // An item is filled from its own entry only. Other facts would be about something else.
    const here = entry === undefined ? place : { ...place, scope: entry, facts: entry };
    filled.push(fill(node.items, { ...here, value: entry, depth: place.depth + 1 }));
  }
  return filled;
}

/** Without a list of that name: the list whose entries have the most properties of the items. */
function listLike(node: SchemaNode, { scope, root }: Place): Json | undefined {
  const item = nodeOf(node.items, root);
  const names = Object.keys(item.properties);
  let best: { readonly list: Json; readonly score: number } | undefined;
  for (const list of listsIn(scope)) {
    const [entry] = list;
    if (entry === undefined || isRecord(entry) !== (typeOf(item) === 'object')) continue;
    const score = names.filter((name) => valuesNamed(name, entry).length > 0).length;
    if (best === undefined || score > best.score) best = { list, score };
  }
  return best?.list;
}

function listsIn(data: Json): readonly (readonly Json[])[] {
  if (isList(data)) return [data, ...data.flatMap(listsIn)];
  return isRecord(data) ? Object.values(data).flatMap(listsIn) : [];
}

function hasType(value: Json, type: string | undefined): boolean {
  if (type === 'object') return isRecord(value);
  if (type === 'array') return isList(value);
  if (type === 'integer') return Number.isInteger(value);
  return type === undefined ? value !== null : typeof value === type;
}

function isNothing(value: Json | undefined): boolean {
  return value === undefined || value === null || value === '' || (isList(value) && value.length === 0);
}
