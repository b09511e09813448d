/** What a guarded request does below HTTP's own meaning: connections that break, names of certificates, framing. */
import { describe, expect, it } from 'vitest';
import { createGuardedHttp, EgressRefused, HttpUnreachable } from '../../../activities/http/guarded-fetch.ts';
import { countingServer } from '../../support/http/counting-server.ts';
import { ask } from './ask.ts';
import { bareServer } from './bare-server.ts';

describe('a server that cannot be talked to', () => {
  // The switch of protocols closed without an error, so that even the time limit never came.
  it.each([
    ['switches protocols', 'HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'],
    ['says nonsense', 'nonsense\r\n\r\n'],
    ['says nothing', ''],
    ['cuts its answer short', 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nok'],
  ])('since it %s is a HttpUnreachable', async (_what, said) => {
    const { origin } = await bareServer(said);
    const http = createGuardedHttp({ allowPrivateOrigins: [origin] });
    await expect(http.request(ask(origin))).rejects.toThrow(HttpUnreachable);
  });

  it('since it is not there, or its name has no address, is a HttpUnreachable', async () => {
    const server = await countingServer();
    await server.close();
    const http = createGuardedHttp({ allowPrivateOrigins: [server.origin], resolve: async () => [] });
    await expect(http.request(ask('http://nowhere.example/'))).rejects.toThrow(HttpUnreachable);
    const there = createGuardedHttp({ allowPrivateOrigins: [server.origin] });
    await expect(there.request(ask(server.origin))).rejects.toThrow(HttpUnreachable);
  });
});

describe('the caller', () => {
  it('cannot choose another name for the certificate than the one that was judged', async () => {
    const { port, heard } = await bareServer('');
    const origin = `https://judged.example:${port}`;
    const http = createGuardedHttp({ allowPrivateOrigins: [origin], resolve: async () => ['127.0.0.1'] });
    const attempt = http.request(ask(origin, { headers: { Host: 'other.example' } }));
    await expect(attempt).rejects.toThrow(HttpUnreachable);
    const hello = await heard;
    expect(hello).toContain('judged.example');
    expect(hello).not.toContain('other.example');
  });

  it('cannot frame the message or name its host', async () => {
    const server = await countingServer((response, { url }) =>
      url === '/' ? response.writeHead(307, { location: '/next' }).end() : response.end('hello'),
    );
    const http = createGuardedHttp({ allowPrivateOrigins: [server.origin] });
    const headers = { Host: 'other.example', 'Content-Length': '5000', 'transfer-encoding': 'chunked' };
    expect((await http.request(ask(server.origin, { method: 'POST', headers, body: 'body' }))).status).toBe(200);
    const [first, second] = server.received;
    const sent = { body: 'body', headers: { host: `127.0.0.1:${server.port}`, 'content-length': '4' } };
    expect([first, second]).toMatchObject([sent, sent]);
    expect(second?.headers).not.toHaveProperty('transfer-encoding');
  });

  it('gets EgressRefused for what is no address', async () => {
    const http = createGuardedHttp({ allowPrivateOrigins: [] });
    await expect(http.request(ask('no address'))).rejects.toThrow(EgressRefused);
  });
});
