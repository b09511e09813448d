/** Reads what a provider's headers tell of its limits, and keeps the newest of each model until it is taken. */
import type { ToldLimits } from '../../store/batches/provider-gate.ts';

export interface LimitsBox {
  readonly put: (model: string, headers: Headers) => void;
  readonly take: (model: string) => ToldLimits | null;
}

export function createLimitsBox(): LimitsBox {
  const newest = new Map<string, ToldLimits>();
  return {
    put: (model, headers) => {
      const told = readLimits(headers);
      if (told !== null) newest.set(model, told);
    },
    take: (model) => {
      const told = newest.get(model) ?? null;
      newest.delete(model);
      return told;
    },
  };
}

/** `x-ratelimit-limit-requests`, `x-ratelimit-remaining-requests`, and the same for tokens; null when there are none. */
function readLimits(headers: Headers): ToldLimits | null {
  const requests = readPart(headers, 'requests');
  const tokens = readPart(headers, 'tokens');
  return requests === null && tokens === null ? null : { requests, tokens };
}

function readPart(headers: Headers, unit: 'requests' | 'tokens'): ToldLimits['requests'] {
  const limit = Number(headers.get(`x-ratelimit-limit-${unit}`) ?? Number.NaN);
  const remaining = Number(headers.get(`x-ratelimit-remaining-${unit}`) ?? Number.NaN);
  return limit > 0 && Number.isFinite(limit) && remaining >= 0 ? { limit, remaining } : null;
}
