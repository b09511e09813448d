import { describe, expect, it } from 'vitest';
import {
  createGuardedHttp,
  EgressRefused,
  HttpTimeout,
  HttpUnreachable,
} from '../../../activities/http/guarded-fetch.ts';
import type { Resolve } from '../../../activities/http/resolve.ts';
import { countingServer } from '../../support/http/counting-server.ts';
import { ask } from './ask.ts';

const resolveNothing: Resolve = async (hostname) => {
  throw new Error(`${hostname} must not be resolved`);
};

describe('an address that may not be reached', () => {
  it('is not connected to, however it is written', async () => {
    const forbidden = await countingServer();
    const { port } = forbidden;
    const http = createGuardedHttp({ allowPrivateOrigins: [] });
    const hosts = ['127.0.0.1', '2130706433', '0x7f000001', '127.1', 'localhost', 'localhost.', '[::ffff:127.0.0.1]'];
    for (const host of [...hosts, '[::ffff:7f00:1]', '[64:ff9b::7f00:1]', '0.0.0.0']) {
      await expect(http.request(ask(`http://${host}:${port}/`)), host).rejects.toThrow(EgressRefused);
    }
    expect(forbidden.connections).toBe(0);
  });

  it('is not reached by a redirect from one that may, on any port but the allowed one', async () => {
    const forbidden = await countingServer();
    for (const status of [301, 302, 303, 307, 308]) {
      const permitted = await countingServer((response) =>
        response.writeHead(status, { location: `${forbidden.origin}/metadata` }).end(),
      );
      const http = createGuardedHttp({ allowPrivateOrigins: [permitted.origin] });
      await expect(http.request(ask(`${permitted.origin}/`))).rejects.toThrow(EgressRefused);
      expect(permitted.received).toHaveLength(1);
    }
    expect(forbidden.connections).toBe(0);
  });

  it('is not reached by a redirect that the caller does not permit', async () => {
    const other = await countingServer();
    const first = await countingServer((response) => response.writeHead(302, { location: other.origin }).end());
    const http = createGuardedHttp({ allowPrivateOrigins: [first.origin, other.origin] });
    const permits = (url: string) => (url.startsWith(first.origin) ? undefined : 'it is not listed');
    await expect(http.request(ask(first.origin, { permits }))).rejects.toThrow('it is not listed');
    expect(other.connections).toBe(0);
  });

  it.each([
    'file:///etc/passwd',
    'ftp://127.0.0.1/',
    'data:text/plain,hello',
    'http://user:password@127.0.0.1/',
    'http://[',
  ])('is not reached by a redirect to %s', async (location) => {
    const first = await countingServer((response) => response.writeHead(302, { location }).end());
    const http = createGuardedHttp({ allowPrivateOrigins: [first.origin, 'http://127.0.0.1'] });
    await expect(http.request(ask(first.origin))).rejects.toThrow(EgressRefused);
  });

  it('is not reached by a public name, even when only one of its addresses is private', async () => {
    const forbidden = await countingServer();
    for (const addresses of [['127.0.0.1'], ['8.8.8.8', '127.0.0.1'], ['::ffff:127.0.0.1'], ['fd00:ec2::254']]) {
      const http = createGuardedHttp({ allowPrivateOrigins: [], resolve: async () => addresses });
      const attempt = http.request(ask(`http://rebinding.example:${forbidden.port}/`));
      await expect(attempt).rejects.toThrow(/^rebinding\.example: .* is not a public address$/);
    }
    expect(forbidden.connections).toBe(0);
  });

  it('is reported without its path, which may hold a secret', async () => {
    const http = createGuardedHttp({ allowPrivateOrigins: [], resolve: resolveNothing });
    const error: unknown = await http.request(ask('http://127.0.0.1/hooks/s3cret')).catch((thrown: unknown) => thrown);
    expect(String(error)).not.toContain('s3cret');
  });
});

describe('a name', () => {
  it('is resolved once for a hop, and what was checked is what is connected to', async () => {
    const server = await countingServer();
    const origin = `http://name.example:${server.port}`;
    const asked: string[] = [];
    // A second question would be answered with an address where nobody listens.
    const resolve: Resolve = async (hostname) => {
      asked.push(hostname);
      return asked.length === 1 ? ['127.0.0.1'] : ['127.0.0.9'];
    };
    const http = createGuardedHttp({ allowPrivateOrigins: [origin], resolve });
    const { status, bodyText } = await http.request(ask(`${origin}/page`));
    expect({ status, bodyText }).toEqual({ status: 200, bodyText: 'hello' });
    expect(asked).toEqual(['name.example']);
    expect(server.received[0]?.headers.host).toBe(`name.example:${server.port}`);
  });

  it('that turns private between two hops is refused at the second', async () => {
    const server = await countingServer((response) => response.writeHead(302, { location: 'http://b.example/' }).end());
    const origin = `http://a.example:${server.port}`;
    const resolve: Resolve = async (hostname) => [hostname === 'a.example' ? '127.0.0.1' : '10.0.0.1'];
    const http = createGuardedHttp({ allowPrivateOrigins: [origin], resolve });
    await expect(http.request(ask(origin))).rejects.toThrow('b.example: 10.0.0.1 is not a public address');
  });

  it('A03: whose resolution does not end is bounded by the same limit', async () => {
    const http = createGuardedHttp({ allowPrivateOrigins: [], resolve: () => new Promise(() => undefined) });
    const attempt = http.request(ask('http://slow.example/', { timeoutMilliseconds: 50 }));
    await expect(attempt).rejects.toThrow(HttpTimeout);
  });
});

describe('an answer', () => {
  it('is cut at the cap, and one that just fits is not', async () => {
    const server = await countingServer((response, { url }) => response.end('x'.repeat(url === '/long' ? 9000 : 1000)));
    const http = createGuardedHttp({ allowPrivateOrigins: [server.origin] });
    const long = await http.request(ask(`${server.origin}/long`));
    expect([long.bodyText.length, long.truncated]).toEqual([1000, true]);
    const fits = await http.request(ask(`${server.origin}/fits`));
    expect([fits.bodyText.length, fits.truncated]).toEqual([1000, false]);
  });

  it('that never ends is cut at the cap too', async () => {
    const server = await countingServer((response) => {
      const write = (): void => {
        while (!response.destroyed && response.write('x'.repeat(1000)));
      };
      response.on('drain', write);
      write();
    });
    const http = createGuardedHttp({ allowPrivateOrigins: [server.origin] });
    expect((await http.request(ask(server.origin))).truncated).toBe(true);
  });

  it.each([
    ['headers do not come', 'silent'],
    ['body does not end', 'half'],
  ])('A03: whose %s is a HttpTimeout', async (_what, path) => {
    const server = await countingServer((response, { url }) => {
      if (url === '/half') response.write('half');
    });
    const http = createGuardedHttp({ allowPrivateOrigins: [server.origin] });
    const attempt = http.request(ask(`${server.origin}/${path}`, { timeoutMilliseconds: 100 }));
    await expect(attempt).rejects.toThrow(HttpTimeout);
  });

  it('that is no longer wanted is aborted down to the socket, with the reason of the signal', async () => {
    const stop = new AbortController();
    const gone = Promise.withResolvers<string>();
    const server = await countingServer((response) => {
      response.on('close', () => gone.resolve('gone'));
      stop.abort(new Error('cancelled'));
    });
    const http = createGuardedHttp({ allowPrivateOrigins: [server.origin] });
    await expect(http.request(ask(server.origin, { signal: stop.signal }))).rejects.toThrow('cancelled');
    expect(await gone.promise).toBe('gone');
  });

  it('that nobody waits for any more is not asked for: no failure is left that nobody catches', async () => {
    const asked: string[] = [];
    const resolve: Resolve = async (hostname) => {
      asked.push(hostname);
      throw new Error(`${hostname} has no address`);
    };
    const http = createGuardedHttp({ allowPrivateOrigins: [], resolve });
    const signal = AbortSignal.abort(new Error('cancelled'));
    for (const url of ['http://gone.example/', 'http://127.0.0.1/']) {
      await expect(http.request(ask(url, { signal }))).rejects.toThrow('cancelled');
    }
    expect(asked).toEqual([]);
  });

  it('that redirects for ever is given up after five', async () => {
    const server = await countingServer((response) => response.writeHead(302, { location: '/again' }).end());
    const http = createGuardedHttp({ allowPrivateOrigins: [server.origin] });
    await expect(http.request(ask(server.origin))).rejects.toThrow(new HttpUnreachable('more than 5 redirects'));
    expect(server.received).toHaveLength(6);
  });

  it('that redirects is the answer when redirects are refused', async () => {
    const server = await countingServer((response) => response.writeHead(302, { location: '/again' }).end());
    const http = createGuardedHttp({ allowPrivateOrigins: [server.origin] });
    expect((await http.request(ask(server.origin, { redirects: 'refuse' }))).status).toBe(302);
  });
});
