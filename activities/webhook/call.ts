/**
 * One webhook call: signed, guarded, and recorded in the ledger before and after. It is repeated under the same
 * idempotency key, by which the receiver can recognise a repeat; only a clear refusal of the receiver ends the retries.
 * Steps, deliveries and alerts all use it: no other code sends to receivers.
 */
import { z } from 'zod';
import type { Ledger, LedgerState } from '../../store/jobs/ledger.ts';
import type { JsonObject } from '../../workflows/contract/json/json.ts';
import { failure } from '../failure.ts';
import { EgressRefused, type GuardedHttp, type GuardedResponse } from '../http/guarded-fetch.ts';
import type { AttemptRecord } from '../records/attempt-record.ts';
import { noteRun } from '../runs/run-meter.ts';
import { isRedirect, placeOf, type Redirect } from '../http/redirect.ts';
import { retryAfterMilliseconds } from '../http/retry-after.ts';
import { webhookHeaders } from './signed-headers.ts';

export interface WebhookCall {
  /** The same for every attempt; sent as `idempotency-key`, and as `webhook-id` of Standard Webhooks. */
  readonly key: string;
  readonly jobId: string;
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** Signs the call: one signing secret, or two separated by a space while one replaces the other. */
  readonly secret: string | null;
  readonly timeoutSeconds: number;
  /** A sentence that says why a URL (the first, or a redirect's) must not be called. */
  readonly permits: (url: string) => string | undefined;
  /** Records that the call was accepted together with other changes of its step; at once when left out. */
  readonly later?: AttemptRecord['later'];
}

/** Larger answers are truncated: a webhook's answer is a receipt, not content. */
const maximumResponseBytes = 256 * 1024;

/** The answer of a receiver that accepted the call, and the redirects on the way to it. */
export interface WebhookAnswer {
  readonly response: GuardedResponse;
  readonly redirects: readonly Redirect[];
}

const shortestDelay = 1000;
const longestDelay = 3_600_000;

export async function callWebhook(
  { http, ledger }: { readonly http: GuardedHttp; readonly ledger: Ledger },
  call: WebhookCall,
  signal: AbortSignal,
): Promise<WebhookAnswer> {
  const redirects: Redirect[] = [];
  const { key, jobId, url, later } = call;
  const row = (state: LedgerState, data: JsonObject = {}) => ({
    key,
    jobId,
    kind: 'webhook',
    state,
    data: { url, ...data },
  });
  await ledger.write(row('intended'));
  const response = await send(http, call, redirects, signal);
  const { status } = response;
  if (status >= 200 && status < 300) {
    const done = row('done', { status, redirects });
    if (later === undefined) await ledger.write(done);
    else later((parts) => parts.ledger.write(done));
    return { response, redirects };
  }
  noteRun({ statusCode: status });
  const message = answerSentence(call, response) + byWayOf(redirects);
  if (status >= 500 || status === 408 || status === 409 || status === 425 || status === 429) {
    throw failure('receiver_unavailable', message, { retryAfterMilliseconds: delayOf(response) });
  }
  // A refusal is certain: the effect did not happen.
  await ledger.write(row('failed', { status, redirects }));
  throw failure('receiver_refused', message);
}

/**
 * How long the receiver asks to wait, within limits: it is neither called too often, nor can it block the call for a
 * day.
 */
function delayOf({ headers }: GuardedResponse): number | undefined {
  const text = headers['retry-after'];
  const delay = typeof text === 'string' ? retryAfterMilliseconds(text, Date.now()) : undefined;
  return delay === undefined ? undefined : Math.max(shortestDelay, Math.min(delay, longestDelay));
}

function answerSentence({ method }: WebhookCall, { status, headers, finalUrl }: GuardedResponse): string {
  const answered = `the receiver answered ${status}`;
  if (!isRedirect(status) || typeof headers.location !== 'string') return answered;
  const place = placeOf(headers.location, finalUrl);
  return `${answered} and points to ${place}: a ${method} is not sent on as a GET; set the address it points to`;
}

const RedirectsSchema = z.object({
  redirects: z.array(z.object({ status: z.int(), to: z.string() })).default([]),
});

/** The redirects of an accepted call, from its row in the ledger. */
export function redirectsIn(data: JsonObject): readonly Redirect[] {
  return RedirectsSchema.parse(data).redirects;
}

/** The redirects of a call, as the end of a sentence; empty when there were none. */
export function byWayOf(redirects: readonly Redirect[]): string {
  return redirects.length === 0
    ? ''
    : `, redirected ${redirects.map(({ status, to }) => `(${status}) to ${to}`).join(', ')}`;
}

async function send(
  http: GuardedHttp,
  call: WebhookCall,
  redirects: Redirect[],
  signal: AbortSignal,
): Promise<GuardedResponse> {
  const ownHeaders = await webhookHeaders(call, new Date(), signal);
  try {
    return await http.request({
      url: call.url,
      method: call.method,
      headers: {
        'user-agent': 'Lodestone',
        ...(call.body === null ? {} : { 'content-type': 'application/json' }),
        ...call.headers,
        ...ownHeaders,
        'idempotency-key': ownHeaders['webhook-id'],
      },
      ...(call.body === null ? {} : { body: call.body }),
      timeoutMilliseconds: call.timeoutSeconds * 1000,
      maximumResponseBytes,
      redirects: 'follow',
      onRedirect: (redirect) => redirects.push(redirect),
      permits: call.permits,
      signal,
    });
  } catch (error) {
    if (signal.aborted) throw error;
    if (error instanceof EgressRefused)
      throw failure('egress_refused', error.message + byWayOf(redirects), { cause: error });
    const message = error instanceof Error ? error.message : String(error);
    const description = `the receiver could not be reached: ${message}${byWayOf(redirects)}`;
    throw failure('receiver_unavailable', description, { cause: error });
  }
}
