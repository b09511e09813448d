/** MCP over standard input and output: a process that the client starts, in front of the running API. */
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import type { Api } from '../../cli/api/client.ts';
import { createMcpServers } from '../server.ts';
import { createApiToolCalls } from './api-tool-calls.ts';

/** So long a process that is told to end may take to cancel what runs. */
const endingMilliseconds = 3_000;

/**
 * Serves until the client closes the input: then the calls that run are cancelled, and the process has nothing left to do.
 * Standard output is the protocol's, so everything else goes to standard error.
 */
export function serveMcp(api: Api): void {
  const calls = createApiToolCalls(api);
  const server = serveStdio(createMcpServers({ calls }), {
    onerror: (error) => process.stderr.write(`lodestone mcp: ${error.message}\n`),
  });
  const end = (): void => {
    setTimeout(() => process.exit(), endingMilliseconds).unref();
    void server.close();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, end);
}
