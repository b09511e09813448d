/**
 * Decides what the egress proxy lets through, by the network policy and by the resolved addresses of the host, and
 * reports what it refuses.
 */
import {
  originMatches,
  withoutLastDots,
  type NetworkPolicy,
} from '../../../workflows/contract/computer-use/network.ts';
import { checkedAddress, EgressRefused, resolveBySystem, type Resolve } from '../../http/resolve.ts';
import { cutText } from '../../../workflows/contract/cut-text.ts';

/** A refused request. It names the host but not the path, because a path may hold a secret. */
export interface EgressDenial {
  readonly target: string;
  readonly reason: string;
  /** When, as an ISO 8601 time. */
  readonly at: string;
}

export interface EgressFilterSettings {
  readonly policy: NetworkPolicy;
  readonly onDenied: (denial: EgressDenial) => void;
  readonly resolve?: Resolve;
}

export type Judgement =
  | { readonly kind: 'passes'; readonly address: string }
  | { readonly kind: 'denied' }
  | { readonly kind: 'unreachable' };

export interface EgressFilter {
  /** The one address that may be connected to for a URL. A name that does not resolve is not reported as a denial. */
  judge(url: URL): Promise<Judgement>;
  /**
   * The origin that a tunnel's `host:port` leads to; null, with the denial reported, when the tunnel is not allowed.
   */
  tunnelled(target: string): URL | null;
  deny(target: string, reason: string): void;
}

/** Ports that are allowed besides those of listed origins. The URL parser leaves out a scheme's default port. */
const webPorts = new Set(['', '80', '443', '8080', '8443']);

/**
 * Hosts that the browser contacts by itself, without any page asking: updates, hints, address checks, form predictions.
 * Flags switch off all known requests of this kind; this list catches those of newer browser versions.
 */
const makersHosts: readonly string[] = [
  'chromewebstore.googleapis.com',
  'clients1.google.com',
  'clients2.google.com',
  'clients4.google.com',
  'clientservices.googleapis.com',
  'content-autofill.googleapis.com',
  'gvt1.com',
  'mtalk.google.com',
  'optimizationguide-pa.googleapis.com',
  'safebrowsing.googleapis.com',
  'safebrowsingohttpgateway.googleapis.com',
  'tools.google.com',
  'update.googleapis.com',
];

export function createEgressFilter({
  policy,
  onDenied,
  resolve = resolveBySystem,
}: EgressFilterSettings): EgressFilter {
  const deny = (target: string, reason: string): void =>
    onDenied({ target: cutText(target, 300), reason, at: new Date().toISOString() });
  const isListed = (url: URL): boolean => policy.navigate.some((pattern) => originMatches(pattern, url.href));
  const isNamed = (url: URL): boolean =>
    isListed(url) || policy.allowPrivateOrigins.some((origin) => originMatches(origin, url.href));
  return {
    deny,
    async judge(url) {
      try {
        if (policy.load === 'listed' && !isListed(url)) {
          throw new EgressRefused('it is not among the origins that the lead magnet allows');
        }
        const problem = isNamed(url) ? undefined : unnamedProblem(url);
        if (problem !== undefined) throw new EgressRefused(problem);
        return { kind: 'passes', address: await checkedAddress(url, policy.allowPrivateOrigins, resolve) };
      } catch (error) {
        if (!(error instanceof EgressRefused)) return { kind: 'unreachable' };
        deny(url.origin, error.message);
        return { kind: 'denied' };
      }
    },
    tunnelled(target) {
      const secure = originOf('https', target);
      const plain = originOf('http', target);
      // A tunnel does not say what it carries: TLS, or a WebSocket on an origin without TLS. A listed origin decides.
      const named = [secure, plain].find((url) => url !== null && isNamed(url));
      const url = named ?? (plain?.port === '' ? plain : secure);
      if (url !== null && (named !== undefined || webPorts.has(url.port))) return url;
      deny(target.replace(/^.*@/, ''), 'tunnels may not lead there');
      return null;
    },
  };
}

/** Why an unlisted origin is refused although the policy allows any public one. */
function unnamedProblem({ hostname, port }: URL): string | undefined {
  if (!webPorts.has(port)) return `port ${port} is none of the web's, and the lead magnet does not list it`;
  const host = `.${withoutLastDots(hostname)}`;
  const isMakers = makersHosts.some((name) => host.endsWith(`.${name}`));
  return isMakers ? "it is the browser's own business with its maker" : undefined;
}

function originOf(scheme: 'http' | 'https', target: string): URL | null {
  const text = `${scheme}://${target}`;
  return /^[^/?#\\@\s]+:\d+$/.test(target) && URL.canParse(text) ? new URL(text) : null;
}
