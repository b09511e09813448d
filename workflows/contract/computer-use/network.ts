/**
 * Decides which addresses may be reached at all, and which origins a lead magnet allows. Pure: it judges names as
 * written and addresses as resolved; whoever connects must check both and connect to the address that was checked.
 */
import ipaddr from 'ipaddr.js';
import { getDomain } from 'tldts';
import { shortenText } from '../cut-text.ts';

export interface NetworkPolicy {
  /** Origins that may be navigated to and called; `https://*.example.com` allows subdomains. */
  readonly navigate: readonly string[];
  /** What pages may load: from any public address, or only from the origins in `navigate`. */
  readonly load: 'public' | 'listed';
  /** Origins on private addresses that the operator allows, by exact match. */
  readonly allowPrivateOrigins: readonly string[];
}

// Public addresses of cloud providers' metadata services; their other addresses are in ranges that are refused anyway.
const metadataAddresses: readonly string[] = ['100.100.100.200', '168.63.129.16', 'fd00:ec2::254'];
/** Contains all assigned global unicast addresses; unassigned ones have no other range by which to recognise them. */
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3');
const privateNames = /(?:^|\.)(?:localhost|local|internal|intranet|lan|home|corp|home\.arpa)$/;

/** A sentence that says why an IP address is not on the public internet, or undefined. */
export function addressProblem(address: string): string | undefined {
  if (!ipaddr.isValid(address)) return `${address} is not an IP address`;
  const parsed = ipaddr.parse(address);
  const refused = `${address} is not a public address`;
  if (metadataAddresses.includes(parsed.toString())) return refused;
  if (parsed instanceof ipaddr.IPv6) {
    const embedded = embeddedIpv4(parsed);
    if (embedded !== undefined) return addressProblem(embedded) === undefined ? undefined : refused;
    if (!parsed.match(globalUnicast)) return refused;
  }
  return parsed.range() === 'unicast' ? undefined : refused;
}

/** The IPv4 address inside an IPv6 address: mapped, compatible, NAT64 or 6to4. Teredo is refused by its range. */
function embeddedIpv4(address: ipaddr.IPv6): string | undefined {
  const bytes = address.toByteArray();
  const last = bytes.slice(12).join('.');
  const zeros = (from: number, to: number): boolean => bytes.slice(from, to).every((byte) => byte === 0);
  if (address.isIPv4MappedAddress()) return last;
  if (zeros(0, 12) && !zeros(12, 15)) return last;
  if (address.range() === 'rfc6052') return last;
  if (address.range() === '6to4') return bytes.slice(2, 6).join('.');
  return undefined;
}

/**
 * Removes the dots at the end of a name. A regular expression would take quadratic time for a name that consists of
 * dots.
 */
export function withoutLastDots(name: string): string {
  let end = name.length;
  while (name[end - 1] === '.') end -= 1;
  return name.slice(0, end);
}

/** A sentence that says why a host, in any spelling that a URL allows, cannot be public, or undefined. */
export function hostProblem(hostname: string): string | undefined {
  const written = `http://${hostname.includes(':') && !hostname.startsWith('[') ? `[${hostname}]` : hostname}/`;
  if (/[/?#\\@]/.test(hostname) || !URL.canParse(written)) return `${shortenText(hostname, 100)} is not a host name`;
  const bare = withoutLastDots(new URL(written).hostname.replace(/^\[|\]$/g, ''));
  if (bare === '') return 'there is no host name';
  if (ipaddr.isValid(bare)) return addressProblem(bare);
  if (privateNames.test(bare)) return `${bare} is a private name`;
  return bare.includes('.') ? undefined : `${bare} is a name of the local network`;
}

/**
 * A sentence that says why a URL must not be requested, or undefined. A host that is not public must be listed exactly.
 */
export function urlProblem(
  url: string,
  { allowPrivateOrigins }: { readonly allowPrivateOrigins: readonly string[] },
): string | undefined {
  if (!URL.canParse(url)) return `${shortenText(url, 100)} is not a web address`;
  const parsed = new URL(url);
  if (!['http:', 'https:'].includes(parsed.protocol)) return `${parsed.protocol} addresses are not allowed`;
  if (parsed.username !== '' || parsed.password !== '') return 'a web address must not hold a user name or password';
  if (isAllowedPrivate(parsed, allowPrivateOrigins)) return undefined;
  return hostProblem(parsed.hostname);
}

/** Whether the operator has listed exactly this origin. */
export function isAllowedPrivate(url: URL, allowPrivateOrigins: readonly string[]): boolean {
  return allowPrivateOrigins.some((origin) => URL.canParse(origin) && new URL(origin).origin === httpOrigin(url));
}

/** The origin; a WebSocket's is that of the HTTP server that answers it. */
function httpOrigin(url: URL): string {
  return new URL(asHttp(url.href)).origin;
}

/** A WebSocket begins as a request to the HTTP server of the same name and port. */
function asHttp(url: string): string {
  return url.replace(/^ws(?=s?:)/i, 'http');
}

/** Whether a URL's origin matches a pattern: an origin, a URL (its origin counts), or `https://*.example.com`. */
export function originMatches(pattern: string, url: string): boolean {
  if (allowListProblem(pattern) !== undefined || !URL.canParse(url)) return false;
  const origin = httpOrigin(new URL(url));
  if (!pattern.includes('*.')) return new URL(pattern).origin === origin;
  const base = new URL(pattern.replace('*.', ''));
  const candidate = new URL(origin);
  return (
    candidate.protocol === base.protocol &&
    candidate.port === base.port &&
    candidate.hostname.endsWith(`.${base.hostname}`)
  );
}

/** A sentence that says why a pattern cannot be in an allow-list, or undefined. */
export function allowListProblem(pattern: string): string | undefined {
  const plain = pattern.replace(/^(https?:\/\/)\*\./, '$1');
  if (plain.includes('*'))
    return `${pattern}: only https://*.example.com, with the star as the first label, is a wildcard`;
  if (!URL.canParse(plain)) return `${pattern} is not an origin: write it as https://example.com`;
  const parsed = new URL(plain);
  if (parsed.protocol !== 'http:' && parsed.protocol !== 'https:')
    return `${pattern} must begin with http:// or https://`;
  if (parsed.username !== '' || parsed.password !== '') return 'an origin must not hold a user name or password';
  if (plain === pattern) return undefined;
  const base = withoutLastDots(parsed.hostname);
  if (ipaddr.isValid(base)) return `${pattern}: an IP address has no sub-domains`;
  if (!base.includes('.')) return `${pattern} would allow a whole top-level domain`;
  // Includes suffixes that their owner has declared public, like github.io: anyone can get a name under them.
  if (getDomain(base, { allowPrivateDomains: true }) !== null) return undefined;
  return `${pattern} would allow every website under ${base}, where anyone may have one`;
}

/**
 * Why the policy refuses a request, or undefined; pages may also load by WebSocket. Addresses are checked separately.
 */
export function requestProblem(policy: NetworkPolicy, url: string, kind: 'navigate' | 'load'): string | undefined {
  const problem = urlProblem(kind === 'load' ? asHttp(url) : url, policy);
  if (problem !== undefined) return problem;
  if (kind === 'load' && policy.load === 'public') return undefined;
  if (policy.navigate.some((pattern) => originMatches(pattern, url))) return undefined;
  return `${new URL(url).origin} is not among the origins that the lead magnet allows`;
}
