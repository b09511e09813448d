import { describe, expect, it } from 'vitest';
import { createGuardedHttp } from '../../../activities/http/guarded-fetch.ts';
import { placeOf, redirectProblem, type Redirect } from '../../../activities/http/redirect.ts';
import { countingServer } from '../../support/http/counting-server.ts';
import { ask } from './ask.ts';

const headers = {
  authorization: 'Bearer a',
  Cookie: 'session=a',
  'x-crm': 'a secret in a header of any name',
  'idempotency-key': 'k',
  'webhook-id': 'k',
  'webhook-signature': 'v1,a',
  'content-type': 'application/json',
};
const secrets = ['authorization', 'cookie', 'x-crm'];

/** Redirects its root, and answers everything else. */
const redirecting = (status: number, location = '/next') =>
  countingServer((response, { url }) =>
    url === '/' ? response.writeHead(status, { location }).end() : response.end('hello'),
  );

describe('a redirect', () => {
  it('to another origin carries the body and its signature, but no header that may hold a secret', async () => {
    const other = await countingServer();
    const first = await redirecting(307, other.origin);
    const http = createGuardedHttp({ allowPrivateOrigins: [first.origin, other.origin] });
    await http.request(ask(first.origin, { method: 'POST', headers, body: '{}' }));
    expect(first.received[0]?.headers).toMatchObject({ authorization: 'Bearer a', 'x-crm': headers['x-crm'] });
    const sent = other.received[0];
    const kept = { 'idempotency-key': 'k', 'webhook-id': 'k', 'webhook-signature': 'v1,a' };
    expect(sent).toMatchObject({ method: 'POST', body: '{}', headers: kept });
    expect(Object.keys(sent?.headers ?? {}).filter((name) => secrets.includes(name))).toEqual([]);
  });

  it('within the origin keeps all headers', async () => {
    const server = await redirecting(308);
    const http = createGuardedHttp({ allowPrivateOrigins: [server.origin] });
    const answer = await http.request(ask(server.origin, { method: 'PUT', headers, body: '{}' }));
    expect(answer.finalUrl).toBe(`${server.origin}/next`);
    expect(server.received[1]).toMatchObject({ method: 'PUT', body: '{}', headers: { authorization: 'Bearer a' } });
  });

  it.each([
    ...[301, 302, 303, 307, 308].flatMap((status) => [[status, 'GET'] as const, [status, 'HEAD'] as const]),
    ...['POST', 'PUT', 'PATCH', 'DELETE'].flatMap((method) => [[307, method] as const, [308, method] as const]),
  ])('with %d is followed by a %s as it is', async (status, method) => {
    const server = await redirecting(status);
    const http = createGuardedHttp({ allowPrivateOrigins: [server.origin] });
    const way: Redirect[] = [];
    await http.request(ask(server.origin, { method, onRedirect: (redirect) => way.push(redirect) }));
    expect(server.received.map((request) => request.method)).toEqual([method, method]);
    expect(way).toEqual([{ status, to: `${server.origin}/next` }]);
  });

  it.each(
    ['POST', 'PUT', 'PATCH', 'DELETE'].flatMap((method) => [301, 302, 303].map((status) => [status, method] as const)),
  )('with %d is the answer to a %s, which would lose its body or meaning', async (status, method) => {
    const server = await redirecting(status);
    const http = createGuardedHttp({ allowPrivateOrigins: [server.origin] });
    expect((await http.request(ask(server.origin, { method, body: '{}' }))).status).toBe(status);
    expect(server.received).toHaveLength(1);
  });

  it('from https to http is refused', () => {
    const [secure, plain] = [new URL('https://a.example/x'), new URL('http://a.example/x')];
    expect(redirectProblem(secure, plain)).toContain('a.example redirects from https to http');
    expect([redirectProblem(plain, secure), redirectProblem(secure, secure)]).toEqual([undefined, undefined]);
  });
});

describe('the place of a redirect', () => {
  it.each([
    ['https://user:password@a.example/hook?token=s3cret#part', 'https://a.example/hook?…'],
    ['/moved', 'https://first.example/moved'],
    ['data:text/plain,s3cret', 'an address of the kind data:'],
    ['http://[', 'what is no address'],
  ])('%s is told as %s', (location, reported) => {
    expect(placeOf(location, 'https://first.example/hook')).toBe(reported);
  });

  it('is bounded', () => {
    expect(placeOf(`https://a.example/${'x'.repeat(5000)}?y`).length).toBeLessThan(310);
  });
});
