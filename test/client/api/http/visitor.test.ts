/** Whom a request is from: believed of the connection, and of the proxies that the operator trusts. */
import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import { readApiSettings } from '../../../../client/api/config.ts';
import { readAddressRanges, visitorAddress } from '../../../../client/api/http/visitor.ts';

async function addressOf(trusted: string, from: string, forwarded?: string): Promise<string> {
  const app = new Hono();
  const ranges = readAddressRanges(trusted);
  app.get('/', (context) => context.text(visitorAddress(context, ranges)));
  const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
  const response = await app.request('/', { headers }, { incoming: { socket: { remoteAddress: from } } });
  return response.text();
}

describe('the address of a visitor', () => {
  it.each([
    ['is the connection’s, where no proxy is trusted', '', '198.51.100.1', '203.0.113.9', '198.51.100.1'],
    ['is the connection’s, where it is not the proxy’s', '10.0.0.0/8', '198.51.100.1', '203.0.113.9', '198.51.100.1'],
    ['is what the trusted proxy wrote', '10.0.0.0/8', '10.1.2.3', '203.0.113.9', '203.0.113.9'],
    ['is not what the visitor wrote before it', '10.0.0.0/8', '10.1.2.3', '1.1.1.1, 203.0.113.9', '203.0.113.9'],
    [
      'is found behind several trusted ones',
      '10.0.0.0/8, 2001:db8::1',
      '10.1.2.3',
      '203.0.113.9, 2001:db8::1',
      '203.0.113.9',
    ],
    ['is the first, where all of them are trusted', '10.0.0.0/8', '10.1.2.3', '10.9.9.9, 10.8.8.8', '10.9.9.9'],
    ['is the proxy’s, where it wrote no address', '10.0.0.0/8', '10.1.2.3', '203.0.113.9, unknown', '10.1.2.3'],
    ['is the proxy’s, where it wrote nothing', '10.0.0.0/8', '10.1.2.3', undefined, '10.1.2.3'],
    ['is the same in both spellings of IPv4', '10.0.0.0/8', '::ffff:10.1.2.3', '::ffff:203.0.113.9', '203.0.113.9'],
    ['is IPv6, with an IPv4 range besides', '10.0.0.0/8,2001:db8::/32', '2001:db8::9', '2a00::1', '2a00::1'],
  ])('%s', async (_, trusted, from, forwarded, address) => {
    expect(await addressOf(trusted, from, forwarded)).toBe(address);
  });

  it.each([
    ['10.0.0.0/33', 'neither an IP address nor a range'],
    ['proxy.local', 'neither an IP address nor a range'],
    ['0.0.0.0/0', 'would believe everyone'],
  ])('by the setting %s is refused at the start', (text, problem) => {
    expect(() => readApiSettings({ LODESTONE_TRUSTED_PROXIES: text })).toThrow(problem);
  });
});
