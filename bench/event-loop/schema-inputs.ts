/** Batches with a hostile schema or prompt. */
import type { JsonObject, JsonValue } from '../../workflows/contract/json/json.ts';
import type { HostileInput } from './hostile-input.ts';

function batch(name: string, parts: JsonObject, status: number, says: string): HostileInput {
  const definition = { name: 'Hostile', model: 'gpt-5-mini', prompt: '{{item.a}}', ...parts };
  return {
    name: `a batch: ${name}`,
    path: '/v1/batches',
    type: 'application/json',
    body: JSON.stringify(definition),
    status,
    says,
  };
}

function schema(name: string, outputSchema: JsonObject, status: number, says: string): HostileInput {
  return batch(name, { outputSchema }, status, says);
}

function choices(levels: number): JsonObject {
  return levels === 0 ? { type: 'string' } : { anyOf: [choices(levels - 1), choices(levels - 1)] };
}

function many(count: number, value: JsonValue): JsonObject {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`p${index}`, value]));
}

export const schemaInputs: readonly HostileInput[] = [
  schema('a schema with a pattern that backtracks', { properties: { a: { pattern: '^(a+)+$' } } }, 201, 'batch_'),
  schema(
    'a schema that looks ahead',
    { propertyNames: { pattern: '(?!a)' } },
    400,
    'outputSchema.propertyNames.pattern',
  ),
  schema('a schema of 2,400 properties', { properties: many(2400, { type: 'string' }) }, 201, 'batch_'),
  schema(
    'a schema of 20,000 properties',
    { properties: many(20_000, { type: 'string' }) },
    400,
    'more than 5000 parts',
  ),
  schema('a schema of choices in choices', choices(9), 201, 'batch_'),
  schema('a schema of too many choices', choices(12), 400, 'more than 5000 parts'),
  schema('a schema without end', { allOf: [{ $ref: '#' }] }, 400, 'it refers to itself without end'),
  schema('a schema of elsewhere', { $ref: 'https://a.example/schema.json' }, 400, 'is outside the schema'),
  schema(
    'a schema whose references mean others than they say',
    { properties: { a: { $id: 'https://b.example/b', $ref: '#/$defs/d', $defs: { d: {} } } }, $defs: { d: true } },
    400,
    'names a part of the schema: leave it out',
  ),
  schema(
    'a schema that refers to data',
    { properties: { a: { $ref: '#/default' } }, default: { uniqueItems: true } },
    400,
    '#/default is the place of no schema',
  ),
  schema('a schema that compares all items', { type: 'array', uniqueItems: true }, 400, 'set maxItems'),
  batch(
    'a prompt with a tag of spaces',
    { prompt: `{{item.a${' '.repeat(90_000)}}}` },
    400,
    'more than 300 characters',
  ),
  batch('a prompt of 15,000 tags', { prompt: '{{.}}'.repeat(15_000) }, 400, 'more than 5000 tags'),
];
