import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { fileURLToPath } from 'node:url';
import { getRequestListener } from '@hono/node-server';
import { expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { tools } from '../../../workflows/contract/tools/catalogue.ts';
import { testApi, type Api } from '../api/harness.ts';
import { connect, textOf } from './harness.ts';

const question = { name: 'chat', arguments: { prompt: 'Why?' } };

/** Serves the API at a port, and can lose it, with all connections. */
async function serveAt({ app }: Api, port: number): Promise<{ readonly server: Server; readonly port: number }> {
  const answer = getRequestListener(app.fetch);
  const server = createServer((incoming, outgoing) => void answer(incoming, outgoing));
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => lose(server));
  return { server, port: z.object({ port: z.int() }).parse(server.address()).port };
}

function lose(server: Server): void {
  server.closeAllConnections();
  server.close();
}

it('lists the tools without the API, and answers each call with how to start it', async () => {
  const client = await connect('http://127.0.0.1:9', 'stdio');
  expect((await client.listTools()).tools).toHaveLength(tools.length);
  const answer = await client.callTool(question);
  expect(answer.isError).toBe(true);
  expect(textOf(answer)).toMatch(
    /chat was not called: The API at http:\/\/127\.0\.0\.1:9 cannot be reached.*npm start/,
  );
});

it('follows the same request when the API was away, and makes no second one', async () => {
  const api = await testApi();
  const first = await serveAt(api, 0);
  const client = await connect(`http://127.0.0.1:${first.port}`, 'stdio');
  let isLost = false;
  const comeBack = async (): Promise<void> => {
    lose(first.server);
    await serveAt(api, first.port);
    const [{ requestId } = { requestId: '' }] = api.tools.started;
    await api.store.toolRequests.end(requestId, { outcome: 'completed', cut: null }, new Date());
  };
  const answer = await client.callTool(question, {
    onprogress: () => {
      if (!isLost) void comeBack();
      isLost = true;
    },
  });
  expect(answer).toMatchObject({ structuredContent: { outcome: 'completed' } });
  expect(api.tools.started).toHaveLength(1);
});

it('writes nothing but the protocol to standard output, whatever it is sent, and ends when its input does', async () => {
  const entry = fileURLToPath(new URL('../../../client/cli/lodestone.mjs', import.meta.url));
  const child = spawn(process.execPath, [entry, 'mcp'], { cwd: '/', stdio: ['pipe', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let written = '';
  child.stdout.on('data', (chunk: Buffer) => {
    written += chunk.toString();
  });
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  const call = (id: number, input: string): string =>
    `{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":{"name":"chat","arguments":${input}}}`;
  const initialize = {
    jsonrpc: '2.0',
    id: 1,
    method: 'initialize',
    params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } },
  };
  child.stdin.write(
    `${[JSON.stringify(initialize), 'no json', '{"jsonrpc":"1.0"}', call(2, deep), call(3, `{"prompt":${deep}}`)].join('\n')}\n`,
  );
  while (!written.includes('"id":3')) await once(child.stdout, 'data');
  child.stdin.end();
  const [code] = await once(child, 'exit');
  expect(code).toBe(0);
  const answers = written
    .trim()
    .split('\n')
    .map((line) => z.object({ id: z.int() }).parse(JSON.parse(line)).id);
  expect(new Set(answers)).toEqual(new Set([1, 2, 3]));
});
