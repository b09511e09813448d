/**
 * Who may use MCP here: programs on the same machine, until callers have keys. A page of any site can send requests to
 * this machine too, under a name that its owner made point here, so `Host` and `Origin` must name this machine as well.
 */
import { localhostAllowedHostnames, validateHostHeader, validateOriginHeader } from '@modelcontextprotocol/server';
import type { Context } from 'hono';
import ipaddr from 'ipaddr.js';
import { ProblemError } from '../http/problem.ts';
import { connectionAddress } from '../http/visitor.ts';

/** Throws `ProblemError` with the reason where the request does not come from this machine. */
export function refuseRemote(context: Context): void {
  const refused = (reason: string): ProblemError =>
    new ProblemError('loopback-only', `MCP over HTTP serves programs on the same machine only: ${reason}`);
  const names = localhostAllowedHostnames();
  const host = validateHostHeader(context.req.header('host') ?? null, names);
  if (!host.ok) throw refused(`${host.message}; use 127.0.0.1 or localhost`);
  const origin = validateOriginHeader(context.req.header('origin') ?? null, names);
  if (!origin.ok) throw refused(origin.message);
  if (context.req.header('x-forwarded-for') !== undefined || context.req.header('forwarded') !== undefined) {
    throw refused('this request came through a proxy');
  }
  const address = connectionAddress(context);
  if (address === null || ipaddr.process(address).range() !== 'loopback') {
    throw refused(`this request came from ${address ?? 'an unknown address'}`);
  }
}
