/**
 * The product's MCP endpoint as the official conformance suite wants it: beside the product's tools it has those that the
 * suite calls by name. Their calls are answered here; protocol, checks, progress and results are the product's.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { getRequestListener } from '@hono/node-server';
import { OpenAPIHono } from '@hono/zod-openapi';
import { z } from 'zod';
import { addMcpEndpoint, answerRpcProblem } from '../../../../client/api/mcp/mcp-routes.ts';
import { createLargeJson } from '../../../../client/api/http/large-json.ts';
import { ProblemError } from '../../../../client/api/http/problem.ts';
import { createMcpEndpoint } from '../../../../client/mcp/http/endpoint.ts';
import { ToolCallFailed, type ToolCalls } from '../../../../client/mcp/tool-calls.ts';
import { tools } from '../../../../workflows/contract/tools/catalogue.ts';
import type { ToolPhase } from '../../../../workflows/contract/tools/tool-request.ts';
import type { ToolProgress } from '../../../../workflows/contract/tools/tool-view.ts';
import type { Tool } from '../../../../workflows/contract/tools/tool.ts';

const AnswerSchema = z.object({ answer: z.string() });

function suiteTool(name: string, input: z.ZodObject = z.strictObject({})): Tool {
  return {
    name,
    title: name,
    description: 'Called by the conformance suite.',
    input,
    read: (raw) => {
      input.parse(raw);
      return {};
    },
    output: AnswerSchema,
    instructions: '',
    expertInstructions: null,
    sample: () => ({}),
  };
}

const address = z
  .object({ street: z.string().optional(), city: z.string().optional() })
  .meta({ id: 'address', $anchor: 'addressDef' });

/** Keywords that zod itself does not write: the suite wants to find them in the list of tools. */
const otherKeywords = {
  allOf: [{ anyOf: [{ required: ['name'] }, { required: ['address'] }] }],
  if: { required: ['name'] },
  // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
  then: { required: ['address'] },
  else: {},
};

const suiteTools = [
  suiteTool('test_simple_text'),
  suiteTool('test_error_handling'),
  suiteTool('test_tool_with_progress'),
  suiteTool(
    'json_schema_2020_12_tool',
    z.strictObject({ name: z.string().optional(), address: address.optional() }).meta(otherKeywords),
  ),
];

function progressIn(phase: ToolPhase): ToolProgress {
  return { id: 'tool_1', state: 'running', phase, place: null, secondsUsed: 0, secondsLeft: 60, tokens: 0 };
}

const calls: ToolCalls = {
  async call({ tool, onProgress }) {
    if (tool === 'test_error_handling') throw new ToolCallFailed('This tool always fails.');
    for (const phase of ['queued', 'turn', 'expert'] as const) {
      onProgress(progressIn(phase));
      await delay(50);
    }
    const at = new Date().toISOString();
    return {
      ...progressIn('ended'),
      state: 'ended',
      secondsLeft: null,
      tool,
      outcome: 'completed',
      cut: null,
      result: { answer: 'This is a simple text response for testing.' },
      continuationId: 'conversation_1',
      acceptedAt: at,
      startedAt: at,
      endedAt: at,
      usage: { modelCalls: 0, inputTokens: 0, outputTokens: 0, costUsd: 0 },
    };
  },
};

export interface SuiteServer {
  readonly url: string;
  close(): void;
}

export async function serveForSuite(): Promise<SuiteServer> {
  const app = new OpenAPIHono();
  app.onError((error) =>
    answerRpcProblem(error instanceof ProblemError ? error : new ProblemError('unexpected', error.message)),
  );
  addMcpEndpoint(app, createMcpEndpoint({ calls, tools: [...tools, ...suiteTools] }), createLargeJson(2 ** 20), {
    publicUrl: 'http://127.0.0.1',
    allowedHosts: [],
    remoteMcp: false,
  });
  const answer = getRequestListener(app.fetch);
  const server = createServer((incoming, outgoing) => void answer(incoming, outgoing));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = z.object({ port: z.int() }).parse(server.address());
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
