import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../../../workflows/contract/json/json.ts';
import { compileOutputSchema, outputSchemaProblems } from '../../../../workflows/contract/json/output-schema.ts';

const reported = (schema: JsonObject): readonly string[] =>
  outputSchemaProblems(schema, 'schema').map(({ path, message }) => `${path}: ${message}`);

function nested(levels: number): JsonObject {
  let schema: JsonObject = { type: 'string' };
  for (let level = 0; level < levels; level += 1) schema = { type: 'array', items: schema };
  return schema;
}

describe('a JSON Schema of a definition', () => {
  it('is taken with patterns, formats, references and recursion into the value', () => {
    const tree: JsonObject = {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $ref: '#/$defs/node',
      $defs: { node: { type: 'object', properties: { name: { pattern: '^a' }, inner: { $ref: '#/$defs/node' } } } },
    };
    expect(reported(tree)).toEqual([]);
    expect(reported({ properties: { pattern: { type: 'string' }, site: { format: 'uri' } } })).toEqual([]);
    expect(reported({ enum: [{ pattern: '(?=a)' }], default: { pattern: '(' } })).toEqual([]);
  });

  it('is refused where it holds a pattern that cannot be checked, with the place of each', () => {
    const schema = {
      properties: { a: { type: 'string', pattern: '(?=x)' } },
      patternProperties: { '(?!y)': {} },
      propertyNames: { pattern: String.raw`(a)\1` },
    };
    expect(reported(schema).map((line) => line.slice(0, 55))).toEqual(
      [
        'schema.patternProperties.(?!y): looks ahead or behind with',
        'schema.properties.a.pattern: looks ahead or behind with (',
        String.raw`schema.propertyNames.pattern: refers back to a group with`,
      ].map((line) => line.slice(0, 55)),
    );
  });

  it.each<[string, JsonObject]>([
    ['schema.items.items: is nested more than', { items: { items: nested(60) } }],
    ['schema: has more than 5000 parts', { properties: many(6000, {}) }],
    ['schema: has 100', { description: 'x'.repeat(100_100) }],
    ['schema.enum: has 1001 values', { enum: Array.from({ length: 1001 }, (_, index) => index) }],
    ['schema: has more than 50 patterns', { properties: many(60, { pattern: 'a' }) }],
    ['schema.$ref: https://a.example/x.json is outside the schema', { $ref: 'https://a.example/x.json' }],
    ['schema.uniqueItems: compares every two items: set maxItems', { type: 'array', uniqueItems: true }],
    ['schema: is no JSON Schema: it refers to itself without end', { allOf: [{ $ref: '#' }] }],
    ['schema: is no JSON Schema: ', { type: 'strange' }],
  ])('is refused beyond its bounds: %s', (problem, schema) => {
    expect(reported(schema)[0]).toMatch(problem.includes('nested') ? / is nested more than 40 levels deep$/ : problem);
  });

  it('judges at once by patterns and addresses on which a backtracking engine would stand still', () => {
    const hostile = `${'a'.repeat(45)}!`;
    const judge = compileOutputSchema({
      properties: { text: { pattern: '^(a+)+$' }, site: { format: 'url' } },
      patternProperties: { '^(b+)+$': false },
      propertyNames: { pattern: '^(?:(c+)+$|.)' },
    });
    expect(judge({ text: hostile, [`${'b'.repeat(45)}!`]: 1 })).toContain('output/text must match pattern');
    expect(judge({ text: 'aaa', site: 'https://example.com/a' })).toBeNull();
    expect(judge({ site: `ftp://172.30.3.56${'4.1.6.7:155'.repeat(100_000)}` })).toContain('must match format "url"');
  });
});

function many(count: number, value: JsonValue): JsonObject {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`p${index}`, value]));
}

it('at most 20 problems of an answer are reported, each with a text', () => {
  const judge = compileOutputSchema({ type: 'array', items: { type: 'integer' } });
  expect(judge(Array.from({ length: 1000 }, () => 'x'))?.split(', ')).toHaveLength(20);
});
