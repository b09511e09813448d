import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../../workflows/contract/json/json.ts';
import { compileOutputSchema, outputSchemaProblems } from '../../../../workflows/contract/json/output-schema.ts';
import { judgingCost } from '../../../../workflows/contract/schemas/judging-cost.ts';

const costly = { type: 'array', uniqueItems: true };

/** Definitions of which each judges the value twice by the next, and of the same names that judge nothing. */
function doubling(depth: number): JsonObject {
  const last: JsonObject = { type: 'array', items: { type: 'integer' } };
  return Object.fromEntries(
    Array.from({ length: depth }, (_, level) => {
      const next = { $ref: `#/$defs/d${level + 1}` };
      return [`d${level}`, level === depth - 1 ? last : { allOf: [next, next] }];
    }),
  );
}
function decoys(depth: number): JsonObject {
  return Object.fromEntries(Array.from({ length: depth }, (_, level) => [`d${level}`, true]));
}

/** Schemas whose library reads a reference in another way than its text says, or whose reference is to data. */
const fooling: readonly [string, JsonObject][] = [
  [
    'a.$id',
    { properties: { a: { $id: 'https://b.example/b', $ref: '#/$defs/d0', $defs: doubling(9) } }, $defs: decoys(9) },
  ],
  ['a.$anchor', { properties: { a: { $anchor: 'there', ...costly } } }],
  ['a.$dynamicAnchor', { properties: { a: { $dynamicAnchor: 'there' } } }],
  [
    'example.$id',
    { $id: 'https://r.example/', example: { $id: '#/$defs/a', ...costly }, $ref: '#/$defs/a', $defs: { a: true } },
  ],
  ['schema.$id', { $id: 'https://r.example/#/$defs/a', properties: { x: { $ref: '#/$defs/a' } }, $defs: { a: true } }],
  ['x.$ref', { properties: { x: { $ref: '#/default' } }, default: costly }],
  ['x.$ref', { properties: { x: { $ref: '#/enum/0' } }, enum: [costly] }],
  ['x.$ref', { properties: { x: { $ref: '#/examples/0' } }, examples: [costly] }],
  ['x.$ref', { properties: { x: { $ref: '#/const/inner' } }, const: { inner: costly } }],
  ['x.$ref', { properties: { x: { $ref: '#/prefixItems/0/default' } }, prefixItems: [{ default: costly }] }],
  ['x.$ref', { properties: { x: { $ref: '#/$defs' } }, $defs: { uniqueItems: true } }],
  ['x.$ref', { properties: { x: { $ref: '#/allOf' } }, allOf: [true] }],
  ['x.$ref', { properties: { x: { $ref: '#/%24defs/a' } }, '%24defs': { a: true }, $defs: { a: costly } }],
  ['x.$ref', { properties: { x: { $ref: '#/' } }, '': true }],
  ['x.$ref', { properties: { x: { $ref: '#/$defs/a/' } }, $defs: { a: { '': true } } }],
  ['x.$ref', { properties: { x: { $ref: '#there' } }, $anchor: 'there' }],
  ['x.$ref', { $id: 'https://r.example/s', properties: { x: { $ref: 'https://r.example/s' } } }],
  ['x.$ref', { properties: { x: { $ref: '#/constructor' } } }],
  ['x.$ref', { properties: { x: { $ref: '#/allOf/length' } }, allOf: [true] }],
  ['x.$ref', { properties: { x: { $ref: '#/$defs/missing' } } }],
  ['x.$dynamicRef', { properties: { x: { $dynamicRef: '#/$defs/a' } }, $defs: { a: costly } }],
  ['x.$recursiveRef', { properties: { x: { $recursiveRef: '#' } } }],
];

describe('a reference whose schema is not plainly the one of its place', () => {
  it.each(fooling)('is refused when a definition is saved: %s of %j', (place, schema) => {
    const reported = outputSchemaProblems(schema, 'schema').map(({ path }) => path);
    expect(reported.some((path) => path.endsWith(place))).toBe(true);
  });

  it.each(fooling)('makes judging a thing for a thread: %s of %j', (_place, schema) => {
    expect(judgingCost(schema)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('a reference to a plain place', () => {
  const part = { type: 'string' };
  it.each<[string, JsonObject]>([
    ['#/$defs/Größe', { $defs: { Größe: part } }],
    ['#/definitions/Foo_int_', { definitions: { Foo_int_: part } }],
    ['#/$defs/a~1b~0c', { $defs: { 'a/b~c': part } }],
    ['#/properties/default', { properties: { default: part } }],
    ['#/allOf/0/properties/a', { allOf: [{ properties: { a: part } }] }],
    ['#/anyOf/0/items', { anyOf: [{ items: part }, true] }],
    ['#/dependentSchemas/b', { dependentSchemas: { b: part } }],
    ['#/if/properties/a', { if: { properties: { a: part } } }],
    ['#/own/part', { own: { part } }],
  ])('is the schema of that place for the library too: %s', (reference, rest) => {
    const schema = {
      $id: 'https://r.example/s#',
      ...rest,
      properties: { ...properties(rest), x: { $ref: reference } },
    };
    expect(outputSchemaProblems(schema, 'schema')).toEqual([]);
    expect(judgingCost(schema)).toBeLessThan(100);
    const judge = compileOutputSchema(schema);
    expect([judge({ x: 'text' }), judge({ x: 1 })]).toEqual([null, 'output/x must be string']);
  });

  it('costs what its target costs, each time', () => {
    const twice = (depth: number): number => judgingCost({ $ref: '#/$defs/d0', $defs: doubling(depth) });
    expect(twice(9)).toBeGreaterThan(1.8 * twice(8));
    const $defs = { code: { pattern: 'a{500}' }, site: { format: 'url' } };
    const all = (name: string, count: number): number =>
      judgingCost({ $defs, allOf: Array.from({ length: count }, () => ({ $ref: `#/$defs/${name}` })) });
    expect(all('code', 20), 'with its patterns').toBeGreaterThan(20 * 500);
    expect(all('site', 20), 'with its formats').toBeGreaterThan(20 * 100);
    const beside = { properties: { x: { $ref: '#', pattern: 'a' } } };
    expect(judgingCost(beside), 'a schema within itself').toBe(Number.POSITIVE_INFINITY);
  });
});

function properties({ properties: given }: JsonObject): object {
  return typeof given === 'object' && given !== null ? given : {};
}
