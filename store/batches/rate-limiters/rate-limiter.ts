/**
 * Rate limiter and circuit breaker of a provider's model, as pure functions over one row that all workers share. Token buckets
 * follow the limits of requests and tokens a minute in the provider's headers; Retry-After and repeated failures block calls.
 * An outage thus pauses work instead of using up the attempts of every item. When the block is over the breaker is half-open:
 * one probe at a time is let through until one is answered.
 */
import { z } from 'zod';

const BucketSchema = z.object({
  /** Units a minute. */
  limit: z.number(),
  left: z.number(),
});

export const RateLimiterSchema = z.object({
  requests: BucketSchema.nullable(),
  tokens: BucketSchema.nullable(),
  /** When the buckets were last refilled. */
  at: z.number(),
  /** No call is permitted before this time. */
  blockedUntil: z.number(),
  /** Why calls are blocked: the provider reported its rate limit, or repeated failures tripped the breaker. */
  blockedBy: z.enum(['rate_limit', 'breaker']).default('breaker'),
  /** The breaker has tripped: until a probe is answered, one call at a time is permitted. */
  tripped: z.boolean(),
  /** Failures in a row. */
  failures: z.int(),
  /** How long calls are blocked after the next failure. */
  backoffMilliseconds: z.number(),
  /** A probe is under way; no other is permitted before this time. */
  probeUntil: z.number(),
});
export type RateLimiter = z.infer<typeof RateLimiterSchema>;

const minute = 60_000;
const failuresToTrip = 5;
const firstBackoffMilliseconds = 1_000;
const longestBackoffMilliseconds = minute;
/** A probe without an outcome after this time is taken as lost with its worker. */
const probeMilliseconds = 75_000;

export const newRateLimiter: RateLimiter = {
  requests: null,
  tokens: null,
  at: 0,
  blockedUntil: 0,
  blockedBy: 'breaker',
  tripped: false,
  failures: 0,
  backoffMilliseconds: firstBackoffMilliseconds,
  probeUntil: 0,
};

export type Permit =
  | { readonly granted: true; readonly limiter: RateLimiter; readonly probe: boolean }
  | {
      readonly granted: false;
      readonly by: RateLimiter['blockedBy'];
      readonly waitMilliseconds: number;
      readonly why: string;
    };

const blocked: Readonly<Record<RateLimiter['blockedBy'], string>> = {
  rate_limit: 'the provider says that its rate limit is reached, and asks to wait',
  breaker: 'calls to the provider failed one after another; none is made until it may be back',
};
const probed: Readonly<Record<RateLimiter['blockedBy'], string>> = {
  rate_limit: 'the provider said that its rate limit is reached; one call is made to see whether it takes calls again',
  breaker: 'calls to the provider failed one after another; one call is made to see whether it is back',
};

/** Asks for a permit for one call; `tokens` is the estimate for its input and output. */
export function acquirePermit(limiter: RateLimiter, tokens: number, now: number): Permit {
  if (now < limiter.blockedUntil) {
    const { blockedBy: by } = limiter;
    return { granted: false, by, waitMilliseconds: limiter.blockedUntil - now, why: blocked[by] };
  }
  if (limiter.tripped && now < limiter.probeUntil) {
    const { blockedBy: by } = limiter;
    return { granted: false, by, waitMilliseconds: 250, why: probed[by] };
  }
  if (!limiter.tripped && limiter.requests === null && limiter.tokens === null)
    return { granted: true, limiter, probe: false };
  const filled = fill(limiter, now);
  const wait = Math.max(waitFor(filled.requests, 1), waitFor(filled.tokens, tokens));
  if (wait > 0) {
    const why = "the provider's rate limit of a minute is reached";
    return { granted: false, by: 'rate_limit', waitMilliseconds: wait, why };
  }
  const taken: RateLimiter = {
    ...filled,
    requests: take(filled.requests, 1),
    tokens: take(filled.tokens, tokens),
    probeUntil: limiter.tripped ? now + probeMilliseconds : 0,
  };
  return { granted: true, limiter: taken, probe: limiter.tripped };
}

/** Rate limits as a response's headers report them; null for a limit that they do not mention. */
export interface ReportedLimits {
  readonly requests: { readonly limit: number; readonly remaining: number } | null;
  readonly tokens: { readonly limit: number; readonly remaining: number } | null;
}

/** Updates the buckets from the headers of a response. */
export function applyReportedLimits(limiter: RateLimiter, reported: ReportedLimits, now: number): RateLimiter {
  const filled = fill(limiter, now);
  return {
    ...filled,
    requests: learn(filled.requests, reported.requests),
    tokens: learn(filled.tokens, reported.tokens),
  };
}

export type CallReport =
  | { readonly kind: 'answered' }
  | { readonly kind: 'unavailable'; readonly retryAfterMilliseconds: number | null }
  | { readonly kind: 'rate_limited'; readonly retryAfterMilliseconds: number | null };

/** Updates the breaker with a call's outcome; `probe` is that of the call's permit. */
export function reportCall(limiter: RateLimiter, report: CallReport, probe: boolean, now: number): RateLimiter {
  if (report.kind === 'answered') {
    // A call that began before the breaker tripped does not show that the provider is back.
    if (limiter.tripped && !probe) return limiter;
    return { ...limiter, tripped: false, failures: 0, backoffMilliseconds: firstBackoffMilliseconds, probeUntil: 0 };
  }
  const failures = limiter.failures + 1;
  const trips = report.kind === 'rate_limited' || failures >= failuresToTrip;
  if (!limiter.tripped && !trips) return { ...limiter, failures };
  const wait = report.retryAfterMilliseconds ?? limiter.backoffMilliseconds;
  const blockedUntil = Math.max(limiter.blockedUntil, now + wait);
  const blockedBy = report.kind === 'rate_limited' ? 'rate_limit' : 'breaker';
  // Calls that fail at about the same time belong to the same outage, so they do not double the backoff.
  if (limiter.tripped && !probe) return { ...limiter, failures, blockedUntil, blockedBy };
  const backoffMilliseconds = Math.min(limiter.backoffMilliseconds * 2, longestBackoffMilliseconds);
  return { ...limiter, tripped: true, failures, blockedUntil, blockedBy, backoffMilliseconds, probeUntil: 0 };
}

type Bucket = RateLimiter['requests'];

function fill(limiter: RateLimiter, now: number): RateLimiter {
  const share = Math.max(0, now - limiter.at) / minute;
  const more = (bucket: Bucket): Bucket =>
    bucket === null ? null : { ...bucket, left: Math.min(bucket.limit, bucket.left + bucket.limit * share) };
  return { ...limiter, requests: more(limiter.requests), tokens: more(limiter.tokens), at: now };
}

function waitFor(bucket: Bucket, units: number): number {
  if (bucket === null) return 0;
  // A call that is larger than the limit of a minute is permitted when the bucket is full.
  const missing = Math.min(units, bucket.limit) - bucket.left;
  return missing <= 0 ? 0 : Math.max(10, (missing / bucket.limit) * minute);
}

function take(bucket: Bucket, units: number): Bucket {
  return bucket === null ? null : { ...bucket, left: bucket.left - units };
}

function learn(bucket: Bucket, reported: ReportedLimits['requests']): Bucket {
  if (reported === null || reported.limit <= 0) return bucket;
  // Responses of parallel calls arrive out of order: the lower count is closer to the current one.
  const left = bucket === null ? reported.remaining : Math.min(bucket.left, reported.remaining);
  return { limit: reported.limit, left };
}
