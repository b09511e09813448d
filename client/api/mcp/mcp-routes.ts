/** MCP at `/mcp`: the tools of the catalogue for MCP clients on the same machine, or for all where the operator allows it. */
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { createMcpEndpoint, type McpEndpoint } from '../../mcp/http/endpoint.ts';
import type { ApiDependencies } from '../dependencies.ts';
import type { LargeJson } from '../http/large-json.ts';
import type { ProblemError } from '../http/problem.ts';
import type { ToolCaller } from '../tools/tool-caller.ts';
import { createLocalToolCalls } from './local-tool-calls.ts';
import { refuseClient, type McpAccess } from './loopback.ts';

export const mcpPath = '/mcp';

export function addMcpRoutes(
  app: OpenAPIHono,
  dependencies: ApiDependencies,
  caller: ToolCaller,
  bodies: LargeJson,
): void {
  const { log } = dependencies;
  const endpoint = createMcpEndpoint({ calls: createLocalToolCalls(dependencies, caller) }, (error) => {
    log.warn({ error }, 'a request of an MCP client failed');
  });
  addMcpEndpoint(app, endpoint, bodies, dependencies);
}

/** Serves an endpoint to the clients that may use it. Refusals are thrown as `ProblemError`. */
export function addMcpEndpoint(app: OpenAPIHono, endpoint: McpEndpoint, bodies: LargeJson, access: McpAccess): void {
  app.all(mcpPath, async (context) => {
    refuseClient(context, access);
    return endpoint.answer(context.req.raw, context.req.method === 'POST' ? await bodies.read(context) : undefined);
  });
}

export function isMcp(context: Context): boolean {
  return context.req.path === mcpPath;
}

/** A refusal in the form that MCP clients show: a JSON-RPC error with the HTTP status. */
export function answerRpcProblem({ problem, headers, message }: ProblemError): Response {
  // -32700: no JSON; -32000: the first of those that servers choose.
  const code = problem.status === 400 ? -32_700 : -32_000;
  const body = { jsonrpc: '2.0', id: null, error: { code, message: problem.detail ?? message, data: problem } };
  return Response.json(body, { status: problem.status, headers });
}
