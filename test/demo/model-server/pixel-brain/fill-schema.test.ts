import { describe, expect, it } from 'vitest';
import { fillSchema } from '../../../../demo/model-server/pixel-brain/fill-schema.ts';
import { findingsOf } from '../../../../demo/model-server/pixel-brain/findings.ts';
import { emptyMemory } from '../../../../demo/model-server/pixel-brain/memory.ts';

const findings = findingsOf({
  ...emptyMemory,
  read: ['home', 'prices', 'error'],
  facts: [
    { page: 'home', name: 'business', text: 'Nordlicht' },
    { page: 'home', name: 'phone', text: '1' },
    { page: 'contact', name: 'phone', text: '2' },
    { page: 'prices', name: 'price:Puncture', text: '€18' },
    { page: 'prices', name: 'price:Overhaul', text: '€189,50' },
  ],
  problems: [{ page: 'home', problem: 'Booking fails.' }],
});

const text = { type: 'string' };
const object = (properties: object) => ({ type: 'object', properties });
const list = (items: object) => ({ type: 'array', items });

describe('filling a schema from findings', () => {
  it.each([
    ['prices', 'service', 'price'],
    ['priceList', 'name', 'amount'],
  ])('gives records under the names that are asked for: %s', (listName, name, price) => {
    const schema = object({ [listName]: list(object({ [name]: text, [price]: text })) });
    expect(fillSchema(schema, findings)).toEqual({
      [listName]: [
        { [name]: 'Puncture', [price]: '€18' },
        { [name]: 'Overhaul', [price]: '€189,50' },
      ],
    });
  });

  it('reads numbers out of prices', () => {
    const schema = object({ prices: list(object({ service: text, price: { type: 'number' } })) });
    expect(fillSchema(schema, findings)).toMatchObject({ prices: [{ price: 18 }, { price: 189.5 }] });
  });

  it('lists texts where a list of texts is asked for', () => {
    const schema = object({ issues: list(text), visitedPages: list(text) });
    expect(fillSchema(schema, findings)).toEqual({
      issues: ['home: Booking fails.', 'contact: The telephone number differs: 1 on “home”, 2 on “contact”.'],
      visitedPages: ['home', 'prices'],
    });
  });

  it('looks into nested objects', () => {
    const schema = object({ company: object({ name: text, telephone: text }), problemsFound: { type: 'integer' } });
    expect(fillSchema(schema, findings)).toEqual({ company: { name: 'Nordlicht', telephone: '2' }, problemsFound: 2 });
  });

  it('leaves empty what it did not find', () => {
    const schema = object({
      email: text,
      fax: { type: ['string', 'null'] },
      tags: list(text),
      owner: { anyOf: [text, { type: 'null' }] },
    });
    expect(fillSchema(schema, findings)).toEqual({ email: '', fax: null, tags: [], owner: null });
  });
});
