/**
 * Who may use MCP here: programs on the same machine, until callers have keys, unless the operator allows all. A page of any
 * site can send requests to this machine too, so `Origin` must always name this API, and `Host` this machine.
 */
import { localhostAllowedHostnames, validateHostHeader, validateOriginHeader } from '@modelcontextprotocol/server';
import type { Context } from 'hono';
import { whyNotLocal } from '../http/local-client.ts';
import { ProblemError } from '../http/problem.ts';

export interface McpAccess {
  readonly publicUrl: string;
  /** Names of the API beside that of its public address; `Host` of all requests was checked against them before. */
  readonly allowedHosts: readonly string[];
  /** Whether clients beyond this machine are served. */
  readonly remoteMcp: boolean;
}

/** Throws `ProblemError` with the reason, and with the setting that changes it, where the client may not use MCP here. */
export function refuseClient(context: Context, { publicUrl, allowedHosts, remoteMcp }: McpAccess): void {
  const refused = (reason: string): ProblemError =>
    new ProblemError('loopback-only', `MCP over HTTP serves programs on the same machine only: ${reason}`);
  const local = localhostAllowedHostnames();
  const origins = remoteMcp ? [...local, new URL(publicUrl).hostname, ...allowedHosts] : local;
  const origin = validateOriginHeader(context.req.header('origin') ?? null, origins);
  if (!origin.ok) throw refused(origin.message);
  if (remoteMcp) return;
  const host = validateHostHeader(context.req.header('host') ?? null, local);
  if (!host.ok) throw refused(`${host.message}; use 127.0.0.1 or localhost`);
  const why = whyNotLocal(context, publicUrl);
  if (why !== null) throw refused(`${why}. LODESTONE_REMOTE_MCP=on serves everybody who reaches it`);
}
