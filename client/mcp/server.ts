/**
 * The MCP server: the tools of the catalogue, with their schemas, for any client of the protocol.
 */
import { McpServer } from '@modelcontextprotocol/server';
import { tools as catalogue } from '../../workflows/contract/tools/catalogue.ts';
import type { Tool } from '../../workflows/contract/tools/tool.ts';
import { callTool } from './call-tool.ts';
import { listedTool } from './listed-tool.ts';
import type { ToolCalls } from './tool-calls.ts';

/** Of the arguments of one call, counted over all levels. */
const mostInputValues = 20_000;

const instructions = [
  'Expert tools that end within their time limit, or say what was cut off.',
  'Each answer has a continuation_id: send it with the next call, of the same tool or of another, to go on with the conversation.',
  'An investigation tool takes one call a step: investigate yourself between the calls.',
].join(' ');

/** What is told about a call that runs besides the call itself: who may cancel it in another request. */
export interface RunningCalls {
  /** Runs a call. The signal it gets is also aborted when the call is cancelled from outside. */
  run<Result>(
    caller: Request | undefined,
    requestId: string | number,
    signal: AbortSignal,
    work: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Result>;
}

export interface McpParts {
  readonly calls: ToolCalls;
  /** Left out where the transport itself hands on cancellations. */
  readonly running?: RunningCalls;
  /** Another catalogue than the product's, for tests of the protocol. */
  readonly tools?: readonly Tool[];
}

/** Makes servers of the same tools, one for each connection or HTTP request. */
export function createMcpServers({ calls, running, tools = catalogue }: McpParts): () => McpServer {
  const listed = tools.map(listedTool);
  return () => {
    const server = new McpServer(
      { name: 'lodestone', title: 'Lodestone', version: '0.1.0' },
      { capabilities: { tools: { listChanged: false } }, instructions, maxToolInputElements: mostInputValues },
    );
    for (const { name, tool, config } of listed) {
      server.registerTool(name, config, (input, { mcpReq, http }) => {
        const { id, signal, _meta, notify } = mcpReq;
        const work = (either: AbortSignal) =>
          callTool(calls, tool, { input, signal: either, progressToken: _meta?.progressToken, notify });
        return running === undefined ? work(signal) : running.run(http?.req, id, signal, work);
      });
    }
    return server;
  };
}
