/**
 * HTTP to untrusted addresses: each hop's address is resolved once, checked and pinned, so that neither a redirect nor
 * a name that changes its address reaches a private network; answers have limits of size and time. This is our own code
 * because existing filtering agents check addresses but know no allow-list of exact origins.
 */
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import {
  isFollowed,
  maximumRedirects,
  placeOf,
  redirected,
  redirectProblem,
  type Hop,
  type Redirect,
} from './redirect.ts';
import { withoutLastDots } from '../../workflows/contract/computer-use/network.ts';
import { createPinnedAgents, type PinnedAgents, type PinnedOptions } from './pinned-agents.ts';
import { checkedAddress, EgressRefused, resolveBySystem, type Resolve } from './resolve.ts';

export { EgressRefused } from './resolve.ts';

/** The whole request took longer than its limit. */
export class HttpTimeout extends Error {
  override readonly name = 'HttpTimeout';
}

/** No complete answer: the name does not resolve, the connection failed or broke, or there were too many redirects. */
export class HttpUnreachable extends Error {
  override readonly name = 'HttpUnreachable';
}

export interface GuardedRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutMilliseconds: number;
  readonly maximumResponseBytes: number;
  readonly redirects: 'follow' | 'refuse';
  /** Called for each redirect before it is followed, including one that then fails. */
  readonly onRedirect?: (redirect: Redirect) => void;
  /** A sentence that says why a URL (the first or a redirect's) must not be requested. */
  readonly permits?: (url: string) => string | undefined;
  readonly signal: AbortSignal;
}

export interface GuardedResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Buffer;
  /** The body, decoded as UTF-8. */
  readonly bodyText: string;
  readonly truncated: boolean;
  readonly finalUrl: string;
}

export interface GuardedHttp {
  /** Throws `EgressRefused`, `HttpTimeout`, `HttpUnreachable` or the signal's reason. */
  request(request: GuardedRequest): Promise<GuardedResponse>;
}

/**
 * Headers that frame the message or name its host: they follow from the URL and the body, and the caller cannot set
 * them.
 */
const ownHeaders = new Set(['host', 'content-length', 'transfer-encoding', 'connection', 'upgrade', 'expect', 'te']);

/** HTTP only to permitted places: public addresses, and the private origins that the operator lists. */
export function createGuardedHttp(settings: {
  readonly allowPrivateOrigins: readonly string[];
  readonly resolve?: Resolve;
}): GuardedHttp {
  const resolve = settings.resolve ?? resolveBySystem;
  const agents = createPinnedAgents();
  return {
    async request(request) {
      const limit = AbortSignal.timeout(request.timeoutMilliseconds);
      const signal = AbortSignal.any([request.signal, limit]);
      try {
        return await follow(request, signal, { ...settings, resolve, agents });
      } catch (error) {
        request.signal.throwIfAborted();
        if (error instanceof EgressRefused || error instanceof HttpUnreachable) throw error;
        if (limit.aborted) throw new HttpTimeout(`no answer within ${request.timeoutMilliseconds} ms`);
        throw new HttpUnreachable(error instanceof Error ? error.message : String(error), { cause: error });
      }
    },
  };
}

interface Guard {
  readonly allowPrivateOrigins: readonly string[];
  readonly resolve: Resolve;
  readonly agents: PinnedAgents;
}

async function follow(
  request: GuardedRequest,
  signal: AbortSignal,
  { allowPrivateOrigins, resolve, agents }: Guard,
): Promise<GuardedResponse> {
  const headers = Object.entries(request.headers).filter(([name]) => !ownHeaders.has(name.toLowerCase()));
  let hop: Hop = {
    url: parsed(request.url),
    method: request.method,
    headers: Object.fromEntries(headers),
    body: request.body,
  };
  for (let redirects = 0; ; redirects += 1) {
    const refusal = request.permits?.(hop.url.href);
    if (refusal !== undefined) throw new EgressRefused(refusal);
    const address = await unlessAborted(() => checkedAddress(hop.url, allowPrivateOrigins, resolve), signal);
    const response = await send(hop, { address, signal, agents });
    const location = response.headers.location;
    const status = response.statusCode ?? 0;
    if (location === undefined || request.redirects === 'refuse' || !isFollowed(status, hop.method)) {
      return readBody(response, hop.url.href, request.maximumResponseBytes);
    }
    response.destroy();
    if (redirects >= maximumRedirects) throw new HttpUnreachable(`more than ${maximumRedirects} redirects`);
    request.onRedirect?.({ status, to: placeOf(location, hop.url.href) });
    const url = parsed(location, hop.url);
    const problem = redirectProblem(hop.url, url);
    if (problem !== undefined) throw new EgressRefused(problem);
    hop = redirected(hop, url);
  }
}

function parsed(text: string, base?: URL): URL {
  if (!URL.canParse(text, base?.href)) throw new EgressRefused('what is asked for is not a web address');
  return new URL(text, base);
}

/**
 * A resolver takes no signal: after an abort its answer is ignored. It is not called when the signal was aborted
 * before, since nobody would handle its error, which would end the worker.
 */
async function unlessAborted<T>(begin: () => Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    begin()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', stop));
  });
}

/** A kept connection broke before an answer: perhaps the server had closed it before the request came. */
class KeptConnectionLost extends Error {
  override readonly name = 'KeptConnectionLost';
}

interface Way {
  readonly address: string;
  readonly signal: AbortSignal;
  /** False for a connection of the request's own. */
  readonly agents: PinnedAgents | false;
}

/**
 * Methods whose requests may be sent twice without harm, and so over kept connections: when one breaks, nobody can tell whether
 * the server had closed it before the request came, or died after it had performed it.
 */
const repeatable: readonly string[] = ['GET', 'HEAD'];

/** A request that may change something has a connection of its own; another is sent again when its kept connection was lost. */
async function send(hop: Hop, way: Way): Promise<IncomingMessage> {
  if (!repeatable.includes(hop.method)) return sendOnce(hop, { ...way, agents: false });
  try {
    return await sendOnce(hop, way);
  } catch (error) {
    if (!(error instanceof KeptConnectionLost)) throw error;
    return sendOnce(hop, { ...way, agents: false });
  }
}

async function sendOnce(hop: Hop, { address, signal, agents }: Way): Promise<IncomingMessage> {
  const host = withoutLastDots(hop.url.hostname.replace(/^\[|\]$/g, ''));
  const options: PinnedOptions = {
    method: hop.method,
    headers: { ...hop.headers, ...(hop.body === undefined ? {} : { 'content-length': Buffer.byteLength(hop.body) }) },
    signal,
    agent: agents === false ? false : agents.of(hop.url.protocol),
    pinnedAddress: address,
    // The host name that the certificate must have, whatever the headers say. An address is none.
    servername: isIP(host) === 0 ? host : '',
    // Pins the connection to the checked address; for a literal address Node does no look-up.
    lookup: (_hostname, lookupOptions, callback) => {
      const family = isIP(address);
      if (lookupOptions.all === true) callback(null, [{ address, family }]);
      else callback(null, address, family);
    },
  };
  return new Promise((resolve, reject) => {
    const outgoing = (hop.url.protocol === 'https:' ? httpsRequest : httpRequest)(hop.url, options, resolve);
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      const isLost = outgoing.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
      reject(isLost ? new KeptConnectionLost(error.message, { cause: error }) : error);
    });
    // An upgrade that nobody asked for closes without an answer and without an error.
    outgoing.on('close', () => reject(new HttpUnreachable('the connection closed without an answer')));
    outgoing.end(hop.body);
  });
}

async function readBody(response: IncomingMessage, finalUrl: string, maximumBytes: number): Promise<GuardedResponse> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  let truncated = false;
  for await (const chunk of response) {
    const buffer = Buffer.from(chunk);
    const room = maximumBytes - bytes;
    chunks.push(buffer.subarray(0, room));
    bytes += Math.min(buffer.byteLength, room);
    if (buffer.byteLength > room) {
      truncated = true;
      break;
    }
  }
  const body = Buffer.concat(chunks);
  const { headers, statusCode: status = 0 } = response;
  return { status, headers, body, bodyText: body.toString('utf8'), truncated, finalUrl };
}
