/**
 * HTTP to addresses that strangers chose: each hop's address is resolved once, checked and pinned, so that neither a
 * redirect nor a name that changes its address reaches a private network; answers are capped in size and time.
 * Own code, because the filtering agents judge addresses but know no allow-list of exact origins.
 */
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import { isIP } from 'node:net';
import { checkedAddress, EgressRefused, resolveBySystem, type Resolve } from './resolve.ts';

export { EgressRefused } from './resolve.ts';

/** The request as a whole took longer than its limit. */
export class HttpTimeout extends Error {
  override readonly name = 'HttpTimeout';
}

export interface GuardedRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutMilliseconds: number;
  readonly maximumResponseBytes: number;
  readonly redirects: 'follow' | 'refuse';
  /** A sentence about a URL, the first or a redirect's, that must not be requested. */
  readonly permits?: (url: string) => string | undefined;
  readonly signal: AbortSignal;
}

export interface GuardedResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly bodyText: string;
  readonly truncated: boolean;
  readonly finalUrl: string;
}

export interface GuardedHttp {
  /** Throws `EgressRefused`, `HttpTimeout`, the signal's reason, or the socket's own error. */
  request(request: GuardedRequest): Promise<GuardedResponse>;
}

const maximumRedirects = 5;
/** All headers that follow a redirect to another origin: in any other, whatever its name, there may be a secret. */
const plainHeaders: readonly string[] = ['accept', 'accept-language', 'content-type', 'idempotency-key', 'user-agent'];

export function createGuardedHttp(settings: {
  readonly allowPrivateOrigins: readonly string[];
  readonly resolve?: Resolve;
}): GuardedHttp {
  const resolve = settings.resolve ?? resolveBySystem;
  return {
    async request(request) {
      const limit = AbortSignal.timeout(request.timeoutMilliseconds);
      const signal = AbortSignal.any([request.signal, limit]);
      try {
        return await follow(request, signal, settings.allowPrivateOrigins, resolve);
      } catch (error) {
        request.signal.throwIfAborted();
        if (limit.aborted) throw new HttpTimeout(`no answer within ${request.timeoutMilliseconds} ms`);
        throw error;
      }
    },
  };
}

async function follow(
  request: GuardedRequest,
  signal: AbortSignal,
  allowPrivateOrigins: readonly string[],
  resolve: Resolve,
): Promise<GuardedResponse> {
  let hop = { url: new URL(request.url), method: request.method, headers: request.headers, body: request.body };
  for (let redirects = 0; ; redirects += 1) {
    const refusal = request.permits?.(hop.url.href);
    if (refusal !== undefined) throw new EgressRefused(refusal);
    const address = await unlessAborted(checkedAddress(hop.url, allowPrivateOrigins, resolve), signal);
    const response = await send(hop, address, signal);
    const location = response.headers.location;
    const status = response.statusCode ?? 0;
    if (location === undefined || status < 300 || status >= 400 || request.redirects === 'refuse') {
      return readBody(response, hop.url.href, request.maximumResponseBytes);
    }
    response.destroy();
    if (redirects >= maximumRedirects) throw new Error(`more than ${maximumRedirects} redirects`);
    hop = redirected(hop, new URL(location, hop.url), status);
  }
}

/** A resolver takes no signal: its answer is then no longer waited for. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

type Hop = { url: URL; method: string; headers: Readonly<Record<string, string>>; body: string | undefined };

function redirected(hop: Hop, url: URL, status: number): Hop {
  const keepsMethod = status === 307 || status === 308 || hop.method === 'GET' || hop.method === 'HEAD';
  const sameOrigin = url.origin === hop.url.origin;
  const kept = Object.entries(hop.headers).filter(([name]) => sameOrigin || plainHeaders.includes(name.toLowerCase()));
  return {
    url,
    method: keepsMethod ? hop.method : 'GET',
    headers: Object.fromEntries(kept),
    body: keepsMethod ? hop.body : undefined,
  };
}

async function send(hop: Hop, address: string, signal: AbortSignal): Promise<IncomingMessage> {
  const options: RequestOptions = {
    method: hop.method,
    headers: { ...hop.headers, ...(hop.body === undefined ? {} : { 'content-length': Buffer.byteLength(hop.body) }) },
    signal,
    agent: false,
    // Pins the connection to the address that was checked; for a literal address Node asks no lookup.
    lookup: (_hostname, lookupOptions, callback) => {
      const family = isIP(address);
      if (lookupOptions.all === true) callback(null, [{ address, family }]);
      else callback(null, address, family);
    },
  };
  return new Promise((resolve, reject) => {
    const outgoing = (hop.url.protocol === 'https:' ? httpsRequest : httpRequest)(hop.url, options, resolve);
    outgoing.on('error', reject);
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
  const bodyText = Buffer.concat(chunks).toString('utf8');
  return { status: response.statusCode ?? 0, headers: response.headers, bodyText, truncated, finalUrl };
}
