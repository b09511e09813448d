/** Reads rate limits from a provider's response headers, and keeps the newest of each model until they are taken. */
import type { ReportedLimits } from '../../store/batches/rate-limiters/rate-limiter.ts';

export interface LatestLimits {
  readonly put: (model: string, headers: Headers) => void;
  readonly take: (model: string) => ReportedLimits | null;
}

export function createLatestLimits(): LatestLimits {
  const newest = new Map<string, ReportedLimits>();
  return {
    put: (model, headers) => {
      const reported = readLimits(headers);
      if (reported !== null) newest.set(model, reported);
    },
    take: (model) => {
      const reported = newest.get(model) ?? null;
      newest.delete(model);
      return reported;
    },
  };
}

/** `x-ratelimit-limit-requests`, `x-ratelimit-remaining-requests`, and the same for tokens; null when there are none. */
function readLimits(headers: Headers): ReportedLimits | null {
  const requests = readPart(headers, 'requests');
  const tokens = readPart(headers, 'tokens');
  return requests === null && tokens === null ? null : { requests, tokens };
}

function readPart(headers: Headers, unit: 'requests' | 'tokens'): ReportedLimits['requests'] {
  const limit = Number(headers.get(`x-ratelimit-limit-${unit}`) ?? Number.NaN);
  const remaining = Number(headers.get(`x-ratelimit-remaining-${unit}`) ?? Number.NaN);
  return limit > 0 && Number.isFinite(limit) && remaining >= 0 ? { limit, remaining } : null;
}
