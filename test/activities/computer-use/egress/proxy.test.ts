import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createEgressFilter } from '../../../../activities/computer-use/egress/filter.ts';
import { startEgressProxy, type EgressDenial } from '../../../../activities/computer-use/egress/proxy.ts';
import type { Resolve } from '../../../../activities/http/resolve.ts';
import type { NetworkPolicy } from '../../../../workflows/contract/computer-use/network.ts';
import { countingServer } from '../../../support/http/counting-server.ts';
import { bareServer } from '../../http/bare-server.ts';
import { onlyLiterals } from '../../http/only-literals.ts';
import { get, raw } from '../../http/proxy-client.ts';

async function proxyWith(policy: Partial<NetworkPolicy>, resolve: Resolve = onlyLiterals) {
  const denials: EgressDenial[] = [];
  const proxy = await startEgressProxy({
    policy: { navigate: [], load: 'public', allowPrivateOrigins: [], ...policy },
    onDenied: (denial) => denials.push(denial),
    resolve,
  });
  onTestFinished(() => proxy.close());
  return { url: proxy.url, port: Number(new URL(proxy.url).port), denials, close: () => proxy.close() };
}

describe('a plain request through the proxy', () => {
  it('reaches an allowed origin, without what was meant for the proxy', async () => {
    const server = await countingServer((response) => response.writeHead(201).end('made'));
    const { port, denials } = await proxyWith({ navigate: [server.origin], allowPrivateOrigins: [server.origin] });
    const proxys = { 'proxy-connection': 'keep-alive', 'proxy-authorization': 'Basic x', 'x-hop': 'x' };
    const headers = { ...proxys, 'x-other': 'kept', connection: 'close, X-Hop' };
    expect(await get(port, `${server.origin}/page?q=1`, headers)).toEqual({ status: 201, body: 'made' });
    const { url, headers: sent } = server.received[0] ?? { url: '', headers: {} };
    expect(url).toBe('/page?q=1');
    expect(sent).toMatchObject({ 'x-other': 'kept', host: `127.0.0.1:${server.port}` });
    expect(Object.keys(sent).filter((name) => name in proxys)).toEqual([]);
    expect(denials).toEqual([]);
  });

  it.each(['public', 'listed'] as const)(
    'reaches nothing forbidden under `%s`, and the denial is reported',
    async (load) => {
      const forbidden = await countingServer();
      const { port, denials } = await proxyWith({ load, navigate: ['https://example.com'] });
      for (const host of ['127.0.0.1', 'localhost', '2130706433', '127.1', '[::ffff:127.0.0.1]', '0.0.0.0']) {
        expect((await get(port, `http://${host}:${forbidden.port}/secret-path`)).status, host).toBe(403);
      }
      expect(forbidden.connections).toBe(0);
      expect(denials).toHaveLength(6);
      expect(denials[0]?.at).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
      expect(JSON.stringify(denials)).not.toContain('secret-path');
    },
  );

  it('reaches no private address by a public name', async () => {
    const forbidden = await countingServer();
    const origin = `http://rebinding.example:${forbidden.port}`;
    const { port, denials } = await proxyWith({ navigate: [origin] }, async () => ['127.0.0.1']);
    expect((await get(port, `${origin}/`)).status).toBe(403);
    expect(forbidden.connections).toBe(0);
    expect(denials[0]?.reason).toBe('rebinding.example: 127.0.0.1 is not a public address');
  });

  it('is sent to the address that was checked: a name is resolved once for it', async () => {
    const server = await countingServer();
    const origin = `http://name.example:${server.port}`;
    const asked: string[] = [];
    const { port } = await proxyWith({ allowPrivateOrigins: [origin] }, async (hostname) => {
      asked.push(hostname);
      return asked.length === 1 ? ['127.0.0.1'] : ['127.0.0.9'];
    });
    expect((await get(port, `${origin}/`)).body).toBe('hello');
    expect(asked).toEqual(['name.example']);
  });

  it.each(['/local', 'ftp://127.0.0.1/', 'file:///etc/passwd', 'https://example.com/', '*'])(
    'for %s, which is no plain address, is refused',
    async (url) => {
      const { port, denials } = await proxyWith({});
      expect((await get(port, url)).status).toBe(403);
      expect(denials).toHaveLength(1);
    },
  );

  it.each([
    ['a port that is none of the web', 'http://public.example:25'],
    ['another one', 'http://public.example:6379'],
    ["a host of the browser's maker", 'http://update.googleapis.com'],
    ['one of its many mirrors', 'http://r1---sn-x.gvt1.com'],
  ])('to %s is refused without a look-up, unless it is listed', async (_what, origin) => {
    const asked: string[] = [];
    const resolve: Resolve = async (hostname) => {
      asked.push(hostname);
      throw new Error('no address');
    };
    const { port, denials } = await proxyWith({}, resolve);
    expect((await get(port, `${origin}/`)).status).toBe(403);
    expect(denials.map(({ target }) => target)).toEqual([origin]);
    expect(asked).toEqual([]);
    const listing = await proxyWith({ navigate: [origin] }, resolve);
    expect((await get(listing.port, `${origin}/`)).status).toBe(502);
    expect(asked).toEqual([new URL(origin).hostname]);
  });

  it('that is refused may not name the host in its header instead', async () => {
    const forbidden = await countingServer();
    const allowed = await countingServer();
    const { port } = await proxyWith({ allowPrivateOrigins: [allowed.origin] });
    await get(port, `${allowed.origin}/`, { host: `127.0.0.1:${forbidden.port}` });
    expect(allowed.received[0]?.headers.host).toBe(`127.0.0.1:${allowed.port}`);
    expect(forbidden.connections).toBe(0);
  });

  it('is answered with 502 by a server that is not there', async () => {
    const server = await countingServer();
    const { port } = await proxyWith({ allowPrivateOrigins: [server.origin] });
    await server.close();
    expect((await get(port, server.origin)).status).toBe(502);
  });
});

it('a name without an address is no denial, plain or by tunnel', async () => {
  const { port, denials } = await proxyWith({}, async () => Promise.reject(new Error('ENOTFOUND')));
  expect((await get(port, 'http://nowhere.example/')).status).toBe(502);
  expect(await raw(port, ['CONNECT nowhere.example:443 HTTP/1.1'])).toBe('HTTP/1.1 502 Bad Gateway\r\n\r\n');
  expect(denials).toEqual([]);
});

describe('when the proxy closes', () => {
  it('every connection ends, on both sides', async () => {
    const gone = Promise.withResolvers<void>();
    const server = await countingServer((response) => response.on('close', gone.resolve).write('half'));
    const { port, close } = await proxyWith({ allowPrivateOrigins: [server.origin] });
    const socket = connect({ host: '127.0.0.1', port });
    socket.write(`CONNECT 127.0.0.1:${server.port} HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\nhost: x\r\n\r\n`);
    const closed = once(socket, 'close');
    socket.on('data', (bytes) => bytes.includes('half') && void close());
    await expect(Promise.all([closed, gone.promise])).resolves.toHaveLength(2);
  });

  it('nobody is connected to whose name was being looked up', async () => {
    const server = await countingServer();
    const [asked, found] = [Promise.withResolvers<void>(), Promise.withResolvers<readonly string[]>()];
    const origin = `http://slow.example:${server.port}`;
    const { port, close } = await proxyWith({ allowPrivateOrigins: [origin] }, async () => {
      asked.resolve();
      return found.promise;
    });
    const answer = get(port, origin).catch(() => 'cut');
    await asked.promise;
    await close();
    found.resolve(['127.0.0.1']);
    expect(await answer).toBe('cut');
    expect((await fetch(server.origin)).status).toBe(200);
    expect(server.connections).toBe(1);
  });
});

it.each(['a plain request', 'a tunnel'])('%s that the browser gives up is given up at the server too', async (kind) => {
  const gone = Promise.withResolvers<string>();
  const server = await countingServer((response) => response.on('close', () => gone.resolve('gone')).write('no end'));
  const { port } = await proxyWith({ allowPrivateOrigins: [server.origin] });
  const client = connect({ host: '127.0.0.1', port });
  const get = kind === 'a tunnel' ? `CONNECT 127.0.0.1:${server.port} HTTP/1.1\r\n\r\nGET /` : `GET ${server.origin}/`;
  client.write(`${get} HTTP/1.1\r\nhost: x\r\n\r\n`);
  await expect.poll(() => server.received.length).toBe(1);
  client.resetAndDestroy();
  expect(await gone.promise).toBe('gone');
});

describe('a hostile server', () => {
  it.each([
    ['a status of 0', 'HTTP/1.1 000 Nothing\r\ncontent-length: 0\r\n\r\n'],
    ['a status of 99', 'HTTP/1.1 099 Little\r\ncontent-length: 0\r\n\r\n'],
    ['a trailer that cannot come', 'HTTP/1.1 200 OK\r\ntrailer: x\r\ncontent-length: 2\r\n\r\nok'],
    ['a switch of protocols', 'HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'],
    ['nonsense', 'nonsense\r\n\r\n'],
    ['a body cut short', 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nok'],
    ['two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nok'],
  ])('that answers with %s harms nobody', async (_what, said) => {
    const { origin: hostile } = await bareServer(said);
    const server = await countingServer();
    const { port } = await proxyWith({ allowPrivateOrigins: [hostile, server.origin] });
    await get(port, `${hostile}/`).catch(() => undefined);
    expect((await get(port, `${server.origin}/`)).body).toBe('hello');
  });
});

describe('a tunnel', () => {
  it.each([
    ['the metadata service', '169.254.169.254:443'],
    ['loopback', '127.0.0.1:443'],
    ['loopback as a number', '2130706433:80'],
    ['mapped loopback', '[::ffff:127.0.0.1]:443'],
    ['a local name', 'localhost:443'],
    ['a port for other things', 'example.com:25'],
    ['a user name', 'user@example.com:443'],
    ['a local name without a port', 'nonsense'],
  ])('to %s is denied', async (_what, target) => {
    const { port, denials } = await proxyWith({}, async () => ['127.0.0.1']);
    const answer = await raw(port, [`CONNECT ${target} HTTP/1.1`, `host: ${target}`]);
    expect(answer).toBe('HTTP/1.1 403 Forbidden\r\n\r\n');
    expect(denials).toHaveLength(1);
  });

  it('to a loopback port is denied unless the very origin is allowed, under both policies', async () => {
    const [forbidden, allowed] = [await countingServer(), await countingServer()];
    for (const load of ['public', 'listed'] as const) {
      const { port } = await proxyWith({
        load,
        navigate: [allowed.origin],
        allowPrivateOrigins: [allowed.origin],
      });
      const denied = await raw(port, [`CONNECT 127.0.0.1:${forbidden.port} HTTP/1.1`]);
      expect(denied).toContain('403 Forbidden');
      const request = ['GET /inside HTTP/1.1', `host: 127.0.0.1:${allowed.port}`, 'connection: close'];
      const through = await raw(port, [`CONNECT 127.0.0.1:${allowed.port} HTTP/1.1`, '', ...request]);
      expect(through).toMatch(/^HTTP\/1\.1 200 Connection Established[\s\S]*hello$/);
    }
    expect(forbidden.connections).toBe(0);
    expect(allowed.received.map(({ url }) => url)).toEqual(['/inside', '/inside']);
  });

  it('carries a long answer to its last byte, and no word of the proxy when the server breaks off', async () => {
    const long = 'x'.repeat(8_000_000);
    const [ending, breaking] = [(await bareServer(long)).origin, (await bareServer('half', 'reset')).origin];
    const { port } = await proxyWith({ allowPrivateOrigins: [ending, breaking] });
    const through = (origin: string) => raw(port, [`CONNECT ${new URL(origin).host} HTTP/1.1`, '', 'hello']);
    expect((await through(ending)).length).toBe('HTTP/1.1 200 Connection Established\r\n\r\n'.length + long.length);
    expect(await through(breaking).catch(() => 'broken')).not.toContain('502');
  });

  it.each([
    ['http://shop.example:8443', 'shop.example:8443', 'http://shop.example:8443'],
    ['https://shop.example', 'shop.example:443', 'https://shop.example'],
    ['http://shop.example', 'shop.example:80', 'http://shop.example'],
    ['http://shop.example:9999', 'shop.example:9998', undefined],
  ])('where %s is listed leads by %s to %s', (listed, target, origin) => {
    const policy = { navigate: [listed], load: 'listed' as const, allowPrivateOrigins: [] };
    expect(createEgressFilter({ policy, onDenied: () => undefined }).tunnelled(target)?.origin).toBe(origin);
  });

  it('to an address that is public but not listed is denied under `listed`', async () => {
    const { port, denials } = await proxyWith({ load: 'listed', navigate: ['https://example.com'] });
    expect(await raw(port, ['CONNECT cdn.test.org:443 HTTP/1.1'])).toContain('403 Forbidden');
    expect(denials).toEqual([expect.objectContaining({ target: 'https://cdn.test.org' })]);
  });

  it('to a server that is not there is answered with 502', async () => {
    const server = await countingServer();
    const { port } = await proxyWith({ allowPrivateOrigins: [server.origin] });
    await server.close();
    expect(await raw(port, [`CONNECT 127.0.0.1:${server.port} HTTP/1.1`])).toContain('502 Bad Gateway');
  });
});

describe('a WebSocket without a tunnel', () => {
  const upgrade = (target: string) => [
    `GET ${target} HTTP/1.1`,
    'host: x',
    'connection: upgrade',
    'upgrade: websocket',
    'proxy-authorization: Basic x',
  ];

  it('reaches the allowed origin and no forbidden one', async () => {
    const [forbidden, allowed] = [await countingServer(), await countingServer()];
    const { port } = await proxyWith({ allowPrivateOrigins: [allowed.origin] });
    expect(await raw(port, upgrade(`ws://127.0.0.1:${forbidden.port}/`))).toContain('403 Forbidden');
    await raw(port, upgrade(`ws://127.0.0.1:${allowed.port}/socket`));
    expect(forbidden.connections).toBe(0);
    expect(allowed.received.map(({ url, headers }) => [url, headers.host, headers['proxy-authorization']])).toEqual([
      ['/socket', `127.0.0.1:${allowed.port}`, undefined],
    ]);
  });

  it('to a server that is not there ends', async () => {
    const server = await countingServer();
    const { port } = await proxyWith({ allowPrivateOrigins: [server.origin] });
    await server.close();
    expect(await raw(port, upgrade(`ws://127.0.0.1:${server.port}/`))).toBe('HTTP/1.1 502 Bad Gateway\r\n\r\n');
  });
});
