/**
 * Which redirects are followed, and what goes with them. A request that does something must reach the receiver as it was
 * sent or not count as sent: 301, 302 and 303 would make a GET without a body of it, and so are its answer.
 */
export const maximumRedirects = 5;

/** One redirect that was followed. The query of the place is masked: it may hold a secret. */
export type Redirect = { readonly status: number; readonly to: string };

export interface Hop {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/**
 * All headers that follow a redirect to another origin: in any other, whatever its name, there may be a secret. A
 * signature is none: it fits this body and no other, and the body goes there too.
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

/** Whether a redirect with this status is followed: with method and body, or as the request without a body that it is. */
export function isFollowed(status: number, method: string): boolean {
  return always.has(status) || (onlyForReading.has(status) && (method === 'GET' || method === 'HEAD'));
}

/** Whether the status says that the receiver is somewhere else. */
export function isRedirect(status: number): boolean {
  return always.has(status) || onlyForReading.has(status);
}

/** A sentence about a redirect that must not be followed whatever the network policy says. */
export function redirectProblem(from: URL, to: URL): string | undefined {
  return from.protocol === 'https:' && to.protocol === 'http:'
    ? `${from.host} redirects from https to http: what is sent could be read on the way`
    : undefined;
}

/** The same request, to the place that a redirect points to. */
export function redirected(hop: Hop, url: URL): Hop {
  const sameOrigin = url.origin === hop.url.origin;
  const kept = Object.entries(hop.headers).filter(([name]) => sameOrigin || plainHeaders.includes(name.toLowerCase()));
  return { ...hop, url, headers: Object.fromEntries(kept) };
}

/** Where an address is, for records and people: without a query, a fragment or a password, and bounded. */
export function placeOf(address: string, base?: string): string {
  if (!URL.canParse(address, base)) return 'what is no address';
  const { protocol, host, pathname, search } = new URL(address, base);
  if (protocol !== 'http:' && protocol !== 'https:') return `an address of the kind ${protocol.slice(0, 20)}`;
  return `${protocol}//${host}${pathname}`.slice(0, 300) + (search === '' ? '' : '?…');
}
