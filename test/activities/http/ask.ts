/** A guarded request with the parts that its test is not about filled in. */
import type { GuardedRequest } from '../../../activities/http/guarded-fetch.ts';

export function ask(url: string, parts: Partial<GuardedRequest> = {}): GuardedRequest {
  return {
    url,
    method: 'GET',
    headers: {},
    timeoutMilliseconds: 10_000,
    maximumResponseBytes: 1000,
    redirects: 'follow',
    signal: new AbortController().signal,
    ...parts,
  };
}
