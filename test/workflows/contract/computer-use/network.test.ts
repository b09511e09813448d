import { describe, expect, it } from 'vitest';
import {
  addressProblem,
  allowListProblem,
  hostProblem,
  originMatches,
  requestProblem,
  urlProblem,
  withoutLastDots,
} from '../../../../workflows/contract/computer-use/network.ts';

const nothingAllowed = { allowPrivateOrigins: [] };
const anything = { ...nothingAllowed, navigate: [], load: 'public' as const };

/** Every way of writing an address that is not on the public internet. */
const privateHosts: readonly (readonly [string, string])[] = [
  ['127.0.0.1', 'loopback'],
  ['2130706433', 'loopback as one decimal number'],
  ['0x7f000001', 'loopback as one hexadecimal number'],
  ['017700000001', 'loopback as one octal number'],
  ['0177.0.0.1', 'loopback with an octal part'],
  ['0x7f.1', 'loopback in hexadecimal and short'],
  ['127.1', 'loopback in short'],
  ['１２７.０.０.１', 'loopback in fullwidth digits'],
  ['①②⑦.0.0.1', 'loopback in circled digits'],
  ['127。0。0。1', 'loopback with ideographic full stops'],
  ['%31%32%37.0.0.1', 'loopback in percent codes'],
  ['127.0.0.1.', 'loopback with a dot at the end'],
  ['0.0.0.0', 'the unspecified address'],
  ['0', 'the unspecified address in short'],
  ['10.0.0.1', 'a private network'],
  ['172.16.0.1', 'a private network'],
  ['172.31.255.255', 'a private network'],
  ['192.168.1.1', 'a private network'],
  ['100.64.0.1', 'carrier-grade NAT'],
  ['169.254.169.254', "most clouds' metadata"],
  ['0xa9fea9fe', "most clouds' metadata in hexadecimal"],
  ['100.100.100.200', "Alibaba's metadata"],
  ['168.63.129.16', "Azure's metadata"],
  ['192.0.0.192', "Oracle's metadata"],
  ['224.0.0.1', 'multicast'],
  ['240.0.0.1', 'a reserved network'],
  ['255.255.255.255', 'broadcast'],
  ['192.0.2.1', 'documentation'],
  ['198.18.0.1', 'benchmarks'],
  ['[::1]', 'loopback'],
  ['[::]', 'the unspecified address'],
  ['[0:0:0:0:0:0:0:1]', 'loopback in full'],
  ['[::ffff:127.0.0.1]', 'mapped loopback'],
  ['[::ffff:7f00:1]', 'mapped loopback in hexadecimal'],
  ['[::ffff:169.254.169.254]', 'mapped metadata'],
  ['[::ffff:100.100.100.200]', "Alibaba's metadata, mapped"],
  ['[::127.0.0.1]', 'compatible loopback'],
  ['[::ffff:0:127.0.0.1]', 'translated loopback'],
  ['[64:ff9b::7f00:1]', 'loopback behind NAT64'],
  ['[64:ff9b:1::7f00:1]', 'loopback behind a local NAT64'],
  ['[2002:7f00:1::]', 'loopback by 6to4'],
  ['[2001:0:4136:e378:8000:63bf:3fff:fdd2]', 'Teredo'],
  ['[fd00:ec2::254]', "Amazon's metadata"],
  ['[fc00::1]', 'a unique local address'],
  ['[fe80::1]', 'a link-local address'],
  ['[fec0::1]', 'a site-local address'],
  ['[ff02::1]', 'multicast'],
  ['[2001:db8::1]', 'documentation'],
  ['[::1:7f00:1]', 'an address that nobody was given'],
  ['[4000::1]', 'an address that nobody was given'],
  ['localhost', 'a private name'],
  ['LOCALHOST', 'a private name'],
  ['localhost.', 'a private name with a dot at the end'],
  ['localhost..', 'a private name with two dots at the end'],
  ['any.localhost', 'a private name'],
  ['metadata.google.internal', "Google's metadata by name"],
  ['printer.local', 'a private name'],
  ['printer.home.arpa', 'a private name'],
  ['printer', 'a name of the local network'],
];

describe('what may be reached', () => {
  it.each(privateHosts)('http://%s/ may not be: %s', (host) => {
    expect(urlProblem(`http://${host}/`, nothingAllowed)).toBeTypeOf('string');
    expect(urlProblem(`https://${host}:8443/path`, nothingAllowed)).toBeTypeOf('string');
    expect(requestProblem(anything, `ws://${host}/`, 'load')).toBeTypeOf('string');
    expect(hostProblem(host)).toBeTypeOf('string');
  });

  it.each([
    'http://example.com/',
    'https://example.com./',
    'https://sub.example.com:8443/path?query#part',
    'http://8.8.8.8/',
    'http://134744072/',
    'http://[2606:4700::1111]/',
    'http://[::ffff:8.8.8.8]/',
    'http://[64:ff9b::808:808]/',
    'http://172.32.0.1/',
    'http://localhost.example.com/',
    'https://münchen.example/',
  ])('%s may be', (url) => {
    expect(urlProblem(url, nothingAllowed)).toBeUndefined();
    expect(hostProblem(new URL(url).hostname)).toBeUndefined();
  });

  it.each([
    'file:///etc/passwd',
    'ftp://example.com/',
    'javascript:alert(1)',
    'data:text/html,hello',
    'blob:https://example.com/1',
    'view-source:https://example.com/',
    'chrome://settings/',
    'about:blank',
    'gopher://example.com/',
    'ws://example.com/',
    'wss://example.com/',
    'https://user@example.com/',
    'https://user:password@example.com/',
    'https://example.com@127.0.0.1/',
    'no address',
    'https://',
    '',
  ])('%s may not be', (url) => {
    expect(urlProblem(url, nothingAllowed)).toBeTypeOf('string');
  });

  it('a page may open a WebSocket to a public address, but no tab goes to one', () => {
    expect(requestProblem(anything, 'wss://example.com/socket', 'load')).toBeUndefined();
    expect(requestProblem(anything, 'wss://example.com/socket', 'navigate')).toBe('wss: addresses are not allowed');
  });

  it.each(['', '.', 'a b', 'example.com/path', 'user@example.com', 'example.com:443', 'a?b', '1.2.3.4.5'])(
    '`%s` is no host',
    (host) => {
      expect(hostProblem(host)).toBeTypeOf('string');
    },
  );

  it('takes an IPv6 address with and without brackets', () => {
    expect(hostProblem('2606:4700::1111')).toBeUndefined();
    expect(hostProblem('::ffff:7f00:1')).toBe('::ffff:7f00:1 is not a public address');
  });

  it('does not repeat a long text that is no address', () => {
    expect(urlProblem('x'.repeat(10_000), nothingAllowed)?.length).toBeLessThan(200);
  });

  it('judges addresses that a name was resolved to, and takes nothing else for an address', () => {
    expect(addressProblem('93.184.216.34')).toBeUndefined();
    expect(addressProblem('2606:2800:220:1:248:1893:25c8:1946')).toBeUndefined();
    expect(addressProblem('::ffff:10.0.0.1')).toBe('::ffff:10.0.0.1 is not a public address');
    expect(addressProblem('fe80::1%eth0')).toBeTypeOf('string');
    expect(addressProblem('example.com')).toBe('example.com is not an IP address');
    expect(addressProblem('')).toBeTypeOf('string');
  });
});

describe('a private origin that the operator allows', () => {
  const allowed = { allowPrivateOrigins: ['http://127.0.0.1:8080', 'https://intranet.corp/some/path'] };

  it.each(['http://127.0.0.1:8080/page', 'http://2130706433:8080/', 'https://intranet.corp/'])(
    '%s may be reached',
    (url) => {
      expect(urlProblem(url, allowed)).toBeUndefined();
      expect(requestProblem({ ...anything, ...allowed }, url.replace('http', 'ws'), 'load')).toBeUndefined();
    },
  );

  it.each([
    ['http://127.0.0.1:8081/', 'another port'],
    ['http://127.0.0.1/', 'no port'],
    ['https://127.0.0.1:8080/', 'another scheme'],
    ['http://127.0.0.2:8080/', 'another address'],
    ['http://localhost:8080/', 'a name of the same address'],
    ['http://intranet.corp/', 'another scheme'],
    ['https://a.intranet.corp/', 'a sub-domain'],
    ['http://user@127.0.0.1:8080/', 'a user name'],
  ])('%s may not: %s', (url) => {
    expect(urlProblem(url, allowed)).toBeTypeOf('string');
  });

  it('is no wildcard, and what is not an address allows nothing', () => {
    const odd = { allowPrivateOrigins: ['http://*.corp', '*', 'file:///', ''] };
    expect(urlProblem('http://a.corp/', odd)).toBeTypeOf('string');
    expect(urlProblem('file:///', odd)).toBeTypeOf('string');
  });
});

describe("a lead magnet's origins", () => {
  it.each([
    ['https://example.com', 'https://example.com/page'],
    ['https://example.com/start?x=1', 'https://example.com/other'],
    ['https://example.com', 'https://EXAMPLE.com:443/'],
    ['https://example.com', 'wss://example.com/socket'],
    ['https://*.example.com', 'https://a.example.com/'],
    ['https://*.example.com', 'https://a.b.example.com/'],
    ['http://*.example.com:8080', 'ws://a.example.com:8080/'],
  ])('%s holds %s', (pattern, url) => {
    expect(originMatches(pattern, url)).toBe(true);
  });

  it.each([
    ['https://example.com', 'http://example.com/'],
    ['https://example.com', 'https://example.com:8443/'],
    ['https://example.com', 'https://sub.example.com/'],
    ['https://example.com', 'https://example.com.evil.test/'],
    ['https://example.com', 'https://example.com@evil.test/'],
    ['https://*.example.com', 'https://example.com/'],
    ['https://*.example.com', 'https://badexample.com/'],
    ['https://*.example.com', 'https://a.example.com.evil.test/'],
    ['https://*.example.com', 'http://a.example.com/'],
    ['https://*.example.com', 'https://a.example.com:8443/'],
    ['https://*.com', 'https://example.com/'],
    ['https://*.com.', 'https://example.com./'],
    ['*', 'https://example.com/'],
    ['', 'https://example.com/'],
    ['https://example.com', 'nonsense'],
  ])('%s does not hold %s', (pattern, url) => {
    expect(originMatches(pattern, url)).toBe(false);
  });

  it.each([
    ['https://example.com', undefined],
    ['http://127.0.0.1:8080', undefined],
    ['https://*.example.com', undefined],
    ['https://*.com.', 'https://*.com. would allow a whole top-level domain'],
    ['https://*.10.0.0.1', expect.stringContaining('no sub-domains')],
    ['https://user:password@example.com', 'an origin must not hold a user name or password'],
    ['https://*.com', 'https://*.com would allow a whole top-level domain'],
    ['https://*.co.uk', 'https://*.co.uk would allow every website under co.uk, where anyone may have one'],
    ['https://*.github.io', expect.stringContaining('where anyone may have one')],
    ['https://*.xn--55qx5d.cn', expect.stringContaining('where anyone may have one')],
    ['https://*.shop.co.uk', undefined],
    ['https://*.someone.github.io', undefined],
    ['https://co.uk', undefined],
    ['https://*', expect.stringContaining('wildcard')],
    ['https://a.*.example.com', expect.stringContaining('wildcard')],
    ['https://*.*.example.com', expect.stringContaining('wildcard')],
    ['https://example.com/*', expect.stringContaining('wildcard')],
    ['*.example.com', expect.stringContaining('wildcard')],
    ['example.com', expect.stringContaining('write it as')],
    ['ftp://example.com', expect.stringContaining('must begin with http')],
    ['example.com:443', expect.stringContaining('must begin with http')],
  ])('the allow-list entry %s is judged', (pattern, problem) => {
    expect(allowListProblem(pattern)).toEqual(problem);
  });

  it('bound where a tab may go, and under `listed` what its page may load too', () => {
    const policy = { navigate: ['https://example.com'], load: 'public' as const, allowPrivateOrigins: [] };
    const listed = { ...policy, load: 'listed' as const };
    expect(requestProblem(policy, 'https://example.com/a', 'navigate')).toBeUndefined();
    expect(requestProblem(policy, 'https://cdn.test.org/a', 'navigate')).toContain('not among the origins');
    expect(requestProblem(policy, 'https://cdn.test.org/a', 'load')).toBeUndefined();
    expect(requestProblem(listed, 'https://cdn.test.org/a', 'load')).toContain('not among the origins');
    expect(requestProblem(listed, 'https://example.com/a', 'load')).toBeUndefined();
  });

  it('allow no private address by being listed: only the operator can', () => {
    const policy = { navigate: ['http://10.0.0.1'], load: 'public' as const, allowPrivateOrigins: [] };
    expect(requestProblem(policy, 'http://10.0.0.1/', 'navigate')).toBe('10.0.0.1 is not a public address');
    const allowed = { ...policy, allowPrivateOrigins: ['http://10.0.0.1'] };
    expect(requestProblem(allowed, 'http://10.0.0.1/', 'navigate')).toBeUndefined();
    expect(requestProblem({ ...allowed, navigate: [] }, 'http://10.0.0.1/', 'navigate')).toContain('not among');
  });
});

it('a host name of nothing but dots is judged at once', () => {
  expect(withoutLastDots('a.example...')).toBe('a.example');
  expect(hostProblem(`${'.'.repeat(200_000)}internal`)).toContain('is a private name');
});
