/**
 * MCP over Streamable HTTP, for clients of the protocol of 2026-07-28 and of those before it. Each request is served by
 * itself: a restart, or another process behind the same address, breaks no session.
 */
import { randomUUID } from 'node:crypto';
import { createMcpHandler } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { createMcpServers, type McpParts } from '../server.ts';
import { createRunningCalls, sessionHeader, type CancellableCalls } from './running-calls.ts';

export interface McpEndpoint {
  /** Answers a request; its JSON body was parsed before. */
  answer(request: Request, body: unknown): Promise<Response>;
}

/** Streams of `subscriptions/listen`, on which nothing is ever sent: the tools do not change while the process runs. */
const mostSubscriptions = 64;

const CancellationSchema = z.object({
  method: z.literal('notifications/cancelled'),
  params: z.object({ requestId: z.union([z.string(), z.number()]) }),
});

export function createMcpEndpoint(
  parts: Omit<McpParts, 'running'>,
  onError: (error: Error) => void = () => undefined,
): McpEndpoint {
  const running = createRunningCalls();
  const handler = createMcpHandler(createMcpServers({ ...parts, running }), {
    onerror: onError,
    maxSubscriptions: mostSubscriptions,
  });
  return {
    async answer(request, body) {
      if (Array.isArray(body)) return refuseBatch();
      cancelAsTold(running, request, body);
      const response = await handler.fetch(request, { parsedBody: body });
      return opensSession(body) && response.ok ? withSession(response) : response;
    },
  };
}

function cancelAsTold(running: CancellableCalls, { headers }: Request, body: unknown): void {
  const session = headers.get(sessionHeader);
  if (session === null) return;
  const cancellation = CancellationSchema.safeParse(body);
  if (cancellation.success) running.cancel(session, cancellation.data.params.requestId);
}

/** One request could start thousands of paid calls. The protocol has had no batches since its version of 2025-06-18. */
function refuseBatch(): Response {
  // -32600: no valid request.
  const error = { code: -32_600, message: 'batches are not served: send one message in each request' };
  return Response.json({ jsonrpc: '2.0', id: null, error }, { status: 400 });
}

function opensSession(body: unknown): boolean {
  return z.object({ method: z.literal('initialize') }).safeParse(body).success;
}

function withSession({ body, status, headers }: Response): Response {
  const named = new Headers(headers);
  named.set(sessionHeader, randomUUID());
  return new Response(body, { status, headers: named });
}
