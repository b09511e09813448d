import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import type { JsonSchema } from '../../../../demo/model-server/brains/brain.ts';
import { findFacts } from '../../../../demo/model-server/brains/found-facts.ts';
import type { Json } from '../../../../demo/model-server/http/json.ts';
import { fillSchema } from '../../../../demo/model-server/brains/schema-filling.ts';

const facts: Json = {
  business_name: 'Harbour Cycles',
  foundedIn: 1998,
  open: true,
  tags: ['bikes', 'repair'],
  address: { street: 'Quay 1', city: 'Hamburg' },
  offers: [{ title: 'Full service', amount: '€ 1,189.50' }],
  updated: 'on 2026-03-01, see https://harbour.example/news',
};

function filled(schema: JsonSchema): unknown {
  const value = fillSchema(schema, facts);
  const ajv = new Ajv({ strict: false, formats: { date: /^\d{4}-\d\d-\d\d$/, uri: /^\w+:/, email: /@/ } });
  ajv.validate(schema, value);
  expect(ajv.errors).toBeNull();
  return value;
}

function property(name: string, schema: JsonSchema): unknown {
  const value = filled({
    type: 'object',
    properties: { [name]: schema },
    required: [name],
    additionalProperties: false,
  });
  return typeof value === 'object' && value !== null ? Object.entries(value)[0]?.[1] : undefined;
}

describe('a schema is filled', () => {
  it.each<[string, string, JsonSchema, unknown]>([
    ['a name in another case', 'businessName', { type: 'string' }, 'Harbour Cycles'],
    ['a singular', 'tag', { type: 'array', items: { type: 'string' } }, ['bikes', 'repair']],
    ['a number', 'founded_in', { type: 'integer' }, 1998],
    ['a number in a text', 'amount', { type: 'number' }, 1189.5],
    ['a number for a text', 'foundedIn', { type: 'string' }, '1998'],
    ['yes or no', 'open', { type: 'boolean' }, true],
    [
      'an object',
      'address',
      { type: 'object', required: ['city'], properties: { city: { type: 'string' } } },
      { city: 'Hamburg' },
    ],
    ['an object of any shape', 'address', { type: 'object' }, { street: 'Quay 1', city: 'Hamburg' }],
    ['a list of a text', 'business_name', { type: 'array', items: { type: 'string' } }, ['Harbour Cycles']],
    ['a date in a text', 'updated', { type: 'string', format: 'date' }, '2026-03-01'],
    ['an address in a text', 'updated', { type: 'string', format: 'uri' }, 'https://harbour.example/news'],
    ['a pattern', 'offers', { type: 'string', pattern: '^Full' }, 'Full service'],
    [
      'an option',
      'tags',
      { anyOf: [{ type: 'null' }, { type: 'array', items: { type: 'string' } }] },
      ['bikes', 'repair'],
    ],
    ['a choice', 'kind', { type: 'string', enum: ['cars', 'bikes'] }, 'bikes'],
    ['a constant', 'version', { const: 2 }, 2],
  ])('with %s', (_, name, schema, expected) => {
    expect(property(name, schema)).toEqual(expected);
  });

  it.each<[string, JsonSchema, unknown]>([
    ['null for a type that may be null', { type: ['string', 'null'] }, null],
    ['null for an option that may be null', { anyOf: [{ type: 'integer' }, { type: 'null' }] }, null],
    ['null for a choice that may be null', { enum: ['a', 'b', null] }, null],
    ['zero for a number', { type: 'number' }, 0],
    ['the smallest for a number with a limit', { type: 'integer', minimum: 3, maximum: 9 }, 3],
    ['no for yes or no', { type: 'boolean' }, false],
    ['an address that says nothing', { type: 'string', format: 'email' }, 'unknown@example.invalid'],
  ])('with %s where nothing is known', (_, schema, expected) => {
    expect(property('zebra', schema)).toEqual(expected);
  });

  it('with prose on what was found where a text is asked for that has no counterpart', () => {
    expect(property('conclusion', { type: 'string' })).toContain('Full service');
    expect(String(property('headline', { type: 'string' })).length).toBeLessThanOrEqual(80);
    expect(property('conclusion', { type: 'string', maxLength: 12 })).toHaveLength(12);
  });

  it('with the list that is most alike where none has the name', () => {
    const item = { type: 'object', required: ['title'], properties: { title: { type: 'string' } } };
    expect(property('recommendations', { type: 'array', items: item, minItems: 1 })).toEqual([
      { title: 'Full service' },
    ]);
  });

  it('with as many items as are asked for', () => {
    expect(property('tags', { type: 'array', items: { type: 'string' }, maxItems: 1 })).toEqual(['bikes']);
    expect(property('tags', { type: 'array', items: { type: 'string' }, minItems: 4 })).toHaveLength(4);
  });

  it('through references, and comes to an end when they go round', () => {
    const tree = {
      type: 'object',
      required: ['title'],
      properties: { title: { type: 'string' }, offers: { type: 'array', items: { $ref: '#/$defs/node' } } },
    };
    expect(filled({ $defs: { node: tree }, allOf: [{ $ref: '#/$defs/node' }] })).toMatchObject({
      offers: [{ title: 'Full service' }],
    });
  });
});

it('facts are found in texts under their headings, fenced or not, whatever their strings hold', () => {
  const texts = [
    'Hello [not JSON] {neither}\n=== step look ===\n{"a": "a } in \\" a string"}\nmore\n## Prices\n```json\n[1, 2]\n```\n',
  ];
  expect(findFacts(texts)).toEqual([
    { title: 'step look', value: { a: 'a } in " a string' } },
    { title: 'Prices', value: [1, 2] },
  ]);
});
