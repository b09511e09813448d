/**
 * Refuses requests under a name that is not this API's. A page of any site can make its own name point to this machine
 * (DNS rebinding); the browser then sends that name in `Host`, and lets the page read the answers. Nobody can do that to an
 * IP address, so addresses pass.
 */
import type { Context, MiddlewareHandler } from 'hono';
import ipaddr from 'ipaddr.js';
import { ProblemError } from './problem.ts';

/** `allowed` are the names beside those of this machine: of the public address, and those that the operator added. */
export function refuseOtherHosts(allowed: readonly string[]): MiddlewareHandler {
  const names = new Set(['localhost', ...allowed].map((name) => name.toLowerCase()));
  return async (context, next) => {
    const { host, name } = hostOf(context);
    if (name === null || !(names.has(name) || isAddress(name))) {
      const advice = 'if it is your name for this API, set LODESTONE_PUBLIC_URL, or add it to LODESTONE_ALLOWED_HOSTS';
      throw new ProblemError('wrong-host', `this API is not known as ${host}; ${advice}`);
    }
    await next();
  };
}

/** The host that the request names, and its name alone. A request within the process has no header, only an address. */
function hostOf({ req }: Context): { readonly host: string; readonly name: string | null } {
  const host = req.header('host') ?? new URL(req.url).host;
  const address = `http://${host}`;
  return { host, name: URL.canParse(address) ? new URL(address).hostname : null };
}

function isAddress(name: string): boolean {
  return ipaddr.isValid(name.replace(/^\[(?<address>.*)\]$/, '$<address>'));
}
