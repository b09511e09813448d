/**
 * Determines the visitor's address: the connection's, unless that is a proxy which the operator trusts.
 * `X-Forwarded-For` is read from its end, because each proxy appends the address that it talked to, and trusted only as
 * far as trusted proxies wrote it: any visitor can have written the entries before.
 */
import type { Context } from 'hono';
import ipaddr from 'ipaddr.js';
import { z } from 'zod';

/** A range of addresses: a network address and a prefix length. */
export type AddressRange = ReturnType<typeof ipaddr.parseCIDR>;

/** The connection data that Node's server passes to the app. Requests within the process, as in tests, have none. */
const ConnectionSchema = z.object({
  incoming: z.object({ socket: z.object({ remoteAddress: z.string() }) }),
});

/** The address at the other end of the connection; null for requests within the process. */
export function connectionAddress(context: Context): string | null {
  const connection = ConnectionSchema.safeParse(context.env);
  return connection.success ? plainAddress(connection.data.incoming.socket.remoteAddress) : null;
}

export function visitorAddress(context: Context, trustedProxies: readonly AddressRange[]): string {
  const forwarded = context.req.header('x-forwarded-for')?.split(',') ?? [];
  let address = connectionAddress(context);
  if (address === null) return 'unknown';
  while (forwarded.length > 0 && isTrusted(address, trustedProxies)) {
    const before = (forwarded.pop() ?? '').trim();
    // A proxy that adds no address, or an invalid one, is itself the last known address.
    if (!ipaddr.isValid(before)) break;
    address = plainAddress(before);
  }
  return address;
}

/** Normalises addresses: an IPv4-mapped IPv6 address is the same visitor as the IPv4 address. */
function plainAddress(address: string): string {
  return ipaddr.isValid(address) ? ipaddr.process(address).toString() : address;
}

function isTrusted(address: string, trustedProxies: readonly AddressRange[]): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  return trustedProxies.some((range) => range[0].kind() === parsed.kind() && parsed.match(range));
}

/**
 * Parses a list of addresses and ranges, as in `10.0.0.0/8, 192.0.2.7`. Throws a sentence about the first invalid one.
 */
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
