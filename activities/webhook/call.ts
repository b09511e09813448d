/**
 * One webhook call: signed, guarded, and written in the ledger before and after. It is repeated under the same
 * idempotency key, by which the receiver can tell a repeat; only a clear "no" from the receiver ends the tries.
 */
import type { Ledger } from '../../store/ledger.ts';
import { failure } from '../failure.ts';
import { EgressRefused, type GuardedHttp, type GuardedResponse } from '../http/guarded-fetch.ts';
import { signatureHeaders } from './signature.ts';

export interface WebhookCall {
  /** The same for every attempt; sent as `idempotency-key`. */
  readonly key: string;
  readonly jobId: string;
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly secret: string | null;
  readonly timeoutSeconds: number;
  /** A sentence about a URL (the first, or a redirect's) that must not be called. */
  readonly permits: (url: string) => string | undefined;
}

/** Answers above this size are cut: a webhook's answer is a receipt, not content. */
const maximumResponseBytes = 256 * 1024;

export async function callWebhook(
  { http, ledger }: { readonly http: GuardedHttp; readonly ledger: Ledger },
  call: WebhookCall,
  signal: AbortSignal,
): Promise<GuardedResponse> {
  const row = { key: call.key, jobId: call.jobId, kind: 'webhook' };
  await ledger.write({ ...row, state: 'intended', data: { url: call.url } });
  const response = await send(http, call, signal);
  const { status } = response;
  if (status >= 200 && status < 300) {
    await ledger.write({ ...row, state: 'done', data: { url: call.url, status } });
    return response;
  }
  const message = `the receiver answered ${status}`;
  if (status >= 500 || status === 408 || status === 409 || status === 425 || status === 429) {
    throw failure('receiver_unavailable', message);
  }
  // A refusal leaves no doubt: the effect did not happen.
  await ledger.write({ ...row, state: 'failed', data: { url: call.url, status } });
  throw failure('receiver_refused', message);
}

async function send(http: GuardedHttp, call: WebhookCall, signal: AbortSignal): Promise<GuardedResponse> {
  const signed = call.secret === null ? {} : signatureHeaders(call.secret, call.body ?? '', new Date());
  try {
    return await http.request({
      url: call.url,
      method: call.method,
      headers: {
        'user-agent': 'Lodestone',
        ...(call.body === null ? {} : { 'content-type': 'application/json' }),
        ...call.headers,
        ...signed,
        'idempotency-key': call.key,
      },
      ...(call.body === null ? {} : { body: call.body }),
      timeoutMilliseconds: call.timeoutSeconds * 1000,
      maximumResponseBytes,
      redirects: 'follow',
      permits: call.permits,
      signal,
    });
  } catch (error) {
    if (signal.aborted) throw error;
    if (error instanceof EgressRefused) throw failure('egress_refused', error.message, { cause: error });
    const message = error instanceof Error ? error.message : String(error);
    throw failure('receiver_unavailable', `the receiver could not be reached: ${message}`, { cause: error });
  }
}
