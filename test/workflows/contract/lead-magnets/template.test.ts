import { describe, expect, it } from 'vitest';
import { fillJson, fillTemplate } from '../../../../workflows/contract/lead-magnets/template.ts';

const data = {
  form: { website: 'https://a.example/b?c=d' },
  list: [{ n: 1 }, { n: 2 }],
  count: 3,
};

describe('a template', () => {
  it('puts a value that is the whole URL in as it is, and a part of a URL encoded', () => {
    expect(fillTemplate('{{form.website}}', data, 'url')).toBe('https://a.example/b?c=d');
    expect(fillTemplate('https://x.example/?u={{form.website}}', data, 'url')).toBe(
      'https://x.example/?u=https%3A%2F%2Fa.example%2Fb%3Fc%3Dd',
    );
  });

  it('repeats over lists', () => {
    expect(fillTemplate('{{#list}}{{n}},{{/list}}', data, 'text')).toBe('1,2,');
  });

  it('fills JSON, where a value that is one tag keeps its type', () => {
    expect(fillJson({ a: '{{list}}', b: 'n={{count}}', c: ['{{count}}'] }, data)).toEqual({
      a: data.list,
      b: 'n=3',
      c: [3],
    });
  });
});
