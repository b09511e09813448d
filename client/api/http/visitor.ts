/**
 * The visitor's address: the connection's own, unless that is a proxy which the operator trusts. `X-Forwarded-For` is
 * read from its end, each proxy having added whom it spoke to, and believed no further than trusted proxies wrote it:
 * what stands before that, any visitor can have written.
 */
import type { Context } from 'hono';
import ipaddr from 'ipaddr.js';
import { z } from 'zod';

/** A range of addresses, as a network address and the length of its prefix. */
export type AddressRange = ReturnType<typeof ipaddr.parseCIDR>;

/** What Node's server hands to the app beside the request. In-process requests, as tests make them, have none. */
const ConnectionSchema = z.object({
  incoming: z.object({ socket: z.object({ remoteAddress: z.string() }) }),
});

export function visitorAddress(context: Context, trustedProxies: readonly AddressRange[]): string {
  const connection = ConnectionSchema.safeParse(context.env);
  if (!connection.success) return 'unknown';
  const forwarded = context.req.header('x-forwarded-for')?.split(',') ?? [];
  let address = plainAddress(connection.data.incoming.socket.remoteAddress);
  while (forwarded.length > 0 && isTrusted(address, trustedProxies)) {
    const before = (forwarded.pop() ?? '').trim();
    // A proxy that names nobody, or writes what is no address, leaves itself as the last that is known.
    if (!ipaddr.isValid(before)) break;
    address = plainAddress(before);
  }
  return address;
}

/** One spelling an address: an IPv4 address that came in IPv6's clothes is the same visitor. */
function plainAddress(address: string): string {
  return ipaddr.isValid(address) ? ipaddr.process(address).toString() : address;
}

function isTrusted(address: string, trustedProxies: readonly AddressRange[]): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  return trustedProxies.some((range) => range[0].kind() === parsed.kind() && parsed.match(range));
}

/** Reads a list of addresses and ranges, as in `10.0.0.0/8, 192.0.2.7`. Throws a sentence about the first that is none. */
export function readAddressRanges(text: string): readonly AddressRange[] {
  const parts = text.split(',').map((part) => part.trim());
  return parts.filter((part) => part !== '').map(readRange);
}

function readRange(text: string): AddressRange {
  const range = ipaddr.isValid(text) ? `${text}/${ipaddr.parse(text).kind() === 'ipv4' ? 32 : 128}` : text;
  if (!ipaddr.isValidCIDR(range)) throw new Error(`${text} is neither an IP address nor a range like 10.0.0.0/8`);
  const parsed = ipaddr.parseCIDR(range);
  if (parsed[1] === 0) throw new Error(`${text} would believe everyone: list your proxies`);
  return parsed;
}
