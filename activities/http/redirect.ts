/**
 * Decides which redirects are followed, and what is sent along. A request with an effect must reach its receiver
 * unchanged or not at all: 301, 302 and 303 would turn it into a GET without body, so they count as its final answer.
 */
import { cutText } from '../../workflows/contract/cut-text.ts';

export const maximumRedirects = 5;

/** A redirect that was followed. The query of its address is masked, because it may hold a secret. */
export type Redirect = { readonly status: number; readonly to: string };

export interface Hop {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/**
 * The only headers that follow a redirect to another origin: any other header may hold a secret. A signature is none:
 * it is valid for this body only, and the body is sent there too.
 */
const plainHeaders: readonly string[] = [
  'accept',
  'accept-language',
  'content-type',
  'idempotency-key',
  'user-agent',
  'webhook-id',
  'webhook-timestamp',
  'webhook-signature',
];

const always = new Set([307, 308]);
const onlyForReading = new Set([301, 302, 303]);

/** Whether a redirect with this status is followed: with method and body, or as the request without body that it is. */
export function isFollowed(status: number, method: string): boolean {
  return always.has(status) || (onlyForReading.has(status) && (method === 'GET' || method === 'HEAD'));
}

/** Whether the status redirects to another address. */
export function isRedirect(status: number): boolean {
  return always.has(status) || onlyForReading.has(status);
}

/** A sentence that says why a redirect must not be followed, whatever the network policy says. */
export function redirectProblem(from: URL, to: URL): string | undefined {
  return from.protocol === 'https:' && to.protocol === 'http:'
    ? `${from.host} redirects from https to http: what is sent could be read on the way`
    : undefined;
}

/** The same request, to the target of a redirect. */
export function redirected(hop: Hop, url: URL): Hop {
  const sameOrigin = url.origin === hop.url.origin;
  const kept = Object.entries(hop.headers).filter(([name]) => sameOrigin || plainHeaders.includes(name.toLowerCase()));
  return { ...hop, url, headers: Object.fromEntries(kept) };
}

/** An address for records and people: shortened, without query, fragment and password. */
export function placeOf(address: string, base?: string): string {
  if (!URL.canParse(address, base)) return 'what is no address';
  const { protocol, host, pathname, search } = new URL(address, base);
  if (protocol !== 'http:' && protocol !== 'https:') return `an address of the kind ${cutText(protocol, 20)}`;
  return cutText(`${protocol}//${host}${pathname}`, 300) + (search === '' ? '' : '?…');
}
