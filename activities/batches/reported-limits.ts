/** Reads rate limits from a provider's response headers, and keeps the newest for each rate limiter until they are taken. */
import type { ReportedLimits } from '../../store/batches/rate-limiters/rate-limiter.ts';

export interface LatestLimits {
  readonly put: (limiterKey: string, headers: Headers) => void;
  readonly take: (limiterKey: string) => ReportedLimits | null;
}

export function createLatestLimits(): LatestLimits {
  const newest = new Map<string, ReportedLimits>();
  return {
    put: (limiterKey, headers) => {
      const reported = readLimits(headers);
      if (reported !== null) newest.set(limiterKey, reported);
    },
    take: (limiterKey) => {
      const reported = newest.get(limiterKey) ?? null;
      newest.delete(limiterKey);
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
