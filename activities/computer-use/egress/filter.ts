/** What the egress proxy lets through: judged by the policy and by the addresses of the host, and told when refused. */
import {
  originMatches,
  withoutLastDots,
  type NetworkPolicy,
} from '../../../workflows/contract/computer-use/network.ts';
import { checkedAddress, EgressRefused, resolveBySystem, type Resolve } from '../../http/resolve.ts';

/** Something that the browser was not let through to. It names the host, not the path: a path may hold a secret. */
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
  /** The one address that may be connected to for a URL; a name without an address is no denial. */
  judge(url: URL): Promise<Judgement>;
  /** The origin that a tunnel's `host:port` leads to, or null, and a denial told, when there may be no such tunnel. */
  tunnelled(target: string): URL | null;
  deny(target: string, reason: string): void;
}

/** Ports that may be led to besides those of named origins. The parser leaves out a scheme's own port. */
const webPorts = new Set(['', '80', '443', '8080', '8443']);

/**
 * Whom the browser asks on its own account, and no page does: updates, hints, checks of addresses, guesses about forms.
 * Its flags switch off what is known of it; this is for what a newer one thinks of.
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
    onDenied({ target: target.slice(0, 300), reason, at: new Date().toISOString() });
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
      // A tunnel does not say what it carries: TLS, or on an origin without it a WebSocket. A named origin decides.
      const named = [secure, plain].find((url) => url !== null && isNamed(url));
      const url = named ?? (plain?.port === '' ? plain : secure);
      if (url !== null && (named !== undefined || webPorts.has(url.port))) return url;
      deny(target.replace(/^.*@/, ''), 'tunnels may not lead there');
      return null;
    },
  };
}

/** Why an origin that nobody named is refused although any public one may be loaded from. */
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
