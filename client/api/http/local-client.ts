/**
 * Tells whether a request comes from a program on this machine, by all that can be seen of it. A reverse proxy on this machine
 * connects from loopback too, for clients anywhere: its headers give it away, and so does a public address of the API.
 */
import type { Context } from 'hono';
import ipaddr from 'ipaddr.js';
import { connectionAddress } from './visitor.ts';

const proxyHeaders = [
  'forwarded',
  'via',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
] as const;

/** Why the request does not count as local, as a sentence without its end; null for one that does. */
export function whyNotLocal(context: Context, publicUrl: string): string | null {
  const header = proxyHeaders.find((name) => context.req.header(name) !== undefined);
  if (header !== undefined) return `this request came through a proxy (it has the header ${header})`;
  const address = connectionAddress(context);
  if (address === null || ipaddr.process(address).range() !== 'loopback') {
    return `this request came from ${address ?? 'an unknown address'}`;
  }
  return isOfThisMachine(publicUrl) ? null : `others reach this API too, as ${publicUrl} (LODESTONE_PUBLIC_URL)`;
}

/** An API without a public address that listens on all addresses names the unspecified one. */
function isOfThisMachine(url: string): boolean {
  const name = new URL(url).hostname.replace(/^\[(?<address>.*)\]$/, '$<address>');
  if (name === 'localhost') return true;
  return ipaddr.isValid(name) && ['loopback', 'unspecified'].includes(ipaddr.process(name).range());
}
