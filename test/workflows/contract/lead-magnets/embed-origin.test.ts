import { describe, expect, it } from 'vitest';
import { readDefinition } from '../../../../workflows/contract/lead-magnets/lead-magnet-check.ts';
import { aiStep, smallForm } from '../../../support/definitions.ts';

function reading(embedOrigins: unknown): ReturnType<typeof readDefinition> {
  return readDefinition({ slug: 'test', name: 'Test', form: { ...smallForm, embedOrigins }, steps: [aiStep('look')] });
}

describe('an origin that may frame a form', () => {
  it.each([
    ['https://www.example.com', 'https://www.example.com'],
    ['https://WWW.Example.com/', 'https://www.example.com'],
    ['https://www.example.com:443', 'https://www.example.com'],
    ['https://www.example.com:8443', 'https://www.example.com:8443'],
    ['https://bücher.example', 'https://xn--bcher-kva.example'],
    ['http://127.0.0.1:9000', 'http://127.0.0.1:9000'],
    ['http://localhost:9000', 'http://localhost:9000'],
  ])('%s is kept as %s', (text, kept) => {
    expect(reading([text]).leadMagnet?.form.embedOrigins).toEqual([kept]);
  });

  it.each([
    ['www.example.com', 'is not an origin'],
    ['http://www.example.com', 'must begin with https://'],
    ['http://10.0.0.1', 'must begin with https://'],
    ['http://localhost.example.com', 'must begin with https://'],
    ['ftp://example.com', 'must begin with https://'],
    ['javascript:alert(1)', 'must begin with https://'],
    ['https://*.example.com', 'a wildcard is not allowed'],
    ['*', 'a wildcard is not allowed'],
    ['https://www.example.com/form', 'with no path'],
    ['https://www.example.com?x', 'with no path'],
    ['https://user@www.example.com', 'with no path'],
    ["https://a.example;script-src 'unsafe-inline'", 'is not an origin'],
    ['https://a.example;b.example', 'is not a host name'],
    ['https://a.example,https://b.example', 'with no path'],
    ['https://[::1]:9000', 'IPv6'],
    [`https://${'a'.repeat(300)}.example`, 'Too big'],
    [7, 'expected string'],
  ])('%s is refused with its place', (text, problem) => {
    expect(reading(['https://good.example', text]).problems).toEqual([
      { path: 'form.embedOrigins[1]', message: expect.stringContaining(problem) },
    ]);
  });

  it('is one of 50 at most, and a list of none is refused', () => {
    const many = Array.from({ length: 51 }, (_, index) => `https://s${index}.example`);
    expect(reading(many).problems).toMatchObject([{ path: 'form.embedOrigins' }]);
    expect(reading([]).problems).toMatchObject([{ path: 'form.embedOrigins' }]);
    expect(reading(undefined).leadMagnet?.form.embedOrigins).toBeUndefined();
  });
});
