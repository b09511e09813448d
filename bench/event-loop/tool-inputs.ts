/** Inputs of expert tools: the largest that is taken, and such as are refused, over HTTP and MCP. There is no Temporal. */
import type { HostileInput } from './hostile-input.ts';

const type = 'application/json';
const accept = 'application/json, text/event-stream';
const line = 'const word = "a";\n';
const content = line.repeat(Math.floor((4.9 * 2 ** 20) / line.length));
const files = ['a', 'b', 'c', 'd'].map((name) => ({ name, content: `${content}${name}` }));
const values = Array.from({ length: 19_000 }, () => 1);

function call(input: unknown): string {
  return JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'chat', arguments: input } });
}

const away = 'does not answer';

export const toolInputs: readonly HostileInput[] = [
  {
    name: 'a tool: 20 MB of files',
    path: '/v1/tools/chat',
    type,
    body: JSON.stringify({ prompt: 'Look', files }),
    status: 503,
    says: away,
  },
  {
    name: 'a tool: a prompt of 25 MB of escapes',
    path: '/v1/tools/chat',
    type,
    body: JSON.stringify({ prompt: '"'.repeat(12_000_000) }),
    status: 422,
    says: 'prompt',
  },
  {
    name: 'a tool: 50,000 files that are none',
    path: '/v1/tools/chat',
    type,
    body: JSON.stringify({ prompt: 'Look', files: Array.from({ length: 49_000 }, () => 1) }),
    status: 422,
    says: 'files',
  },
  {
    name: 'a tool over MCP: 20 MB of files',
    path: '/mcp',
    type,
    accept,
    body: call({ prompt: 'Look', files }),
    status: 200,
    says: away,
  },
  {
    name: 'a tool over MCP: 19,000 files that are none',
    path: '/mcp',
    type,
    accept,
    body: call({ prompt: 'Look', files: values }),
    status: 200,
    says: 'files',
  },
];
