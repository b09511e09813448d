/**
 * The gate before a provider's model, as pure functions over one row that all workers share: requests and tokens a minute
 * as the provider's headers tell them, its Retry-After, and a circuit breaker, so that an outage pauses work instead of
 * burning the attempts of every item. Half open, it lets one call through at a time to see whether the outage is over.
 */
import { z } from 'zod';

const BucketSchema = z.object({
  /** Units that fit in a minute. */
  limit: z.number(),
  left: z.number(),
});

export const GateSchema = z.object({
  requests: BucketSchema.nullable(),
  tokens: BucketSchema.nullable(),
  /** When the buckets were last brought up to date. */
  at: z.number(),
  /** Nothing passes before this time. */
  closedUntil: z.number(),
  /** Why nothing passes: the provider told so, or it failed again and again. */
  closedBy: z.enum(['rate_limit', 'breaker']).default('breaker'),
  /** Whether the last calls failed: then one at a time passes. */
  tripped: z.boolean(),
  /** Failures in a row. */
  failures: z.int(),
  /** How long the gate closes at the next failure. */
  backoffMilliseconds: z.number(),
  /** A probe is under way until then, unless it has answered before. */
  probeUntil: z.number(),
});
export type Gate = z.infer<typeof GateSchema>;

const minute = 60_000;
const failuresToTrip = 5;
const firstBackoffMilliseconds = 1_000;
const longestBackoffMilliseconds = minute;
/** A probe that has not answered by then has died with its worker. */
const probeMilliseconds = 75_000;

export const openGate: Gate = {
  requests: null,
  tokens: null,
  at: 0,
  closedUntil: 0,
  closedBy: 'breaker',
  tripped: false,
  failures: 0,
  backoffMilliseconds: firstBackoffMilliseconds,
  probeUntil: 0,
};

export type Passage =
  | { readonly passed: true; readonly gate: Gate; readonly probe: boolean }
  | {
      readonly passed: false;
      readonly by: Gate['closedBy'];
      readonly waitMilliseconds: number;
      readonly why: string;
    };

const closed: Readonly<Record<Gate['closedBy'], string>> = {
  rate_limit: 'the provider says that its rate limit is reached, and asks to wait',
  breaker: 'calls to the provider failed one after another; none is made until it may be back',
};
const probed: Readonly<Record<Gate['closedBy'], string>> = {
  rate_limit: 'the provider said that its rate limit is reached; one call is made to see whether it takes calls again',
  breaker: 'calls to the provider failed one after another; one call is made to see whether it is back',
};

/** Asks for one call of so many tokens, input and output. */
export function passGate(gate: Gate, tokens: number, now: number): Passage {
  if (now < gate.closedUntil) {
    const { closedBy: by } = gate;
    return { passed: false, by, waitMilliseconds: gate.closedUntil - now, why: closed[by] };
  }
  if (gate.tripped && now < gate.probeUntil) {
    const { closedBy: by } = gate;
    return { passed: false, by, waitMilliseconds: 250, why: probed[by] };
  }
  if (!gate.tripped && gate.requests === null && gate.tokens === null) return { passed: true, gate, probe: false };
  const filled = fill(gate, now);
  const wait = Math.max(waitFor(filled.requests, 1), waitFor(filled.tokens, tokens));
  if (wait > 0) {
    const why = "the provider's rate limit of a minute is reached";
    return { passed: false, by: 'rate_limit', waitMilliseconds: wait, why };
  }
  const taken: Gate = {
    ...filled,
    requests: take(filled.requests, 1),
    tokens: take(filled.tokens, tokens),
    probeUntil: gate.tripped ? now + probeMilliseconds : 0,
  };
  return { passed: true, gate: taken, probe: gate.tripped };
}

/** What the provider's headers say of a limit; null when they say nothing. */
export interface ToldLimits {
  readonly requests: { readonly limit: number; readonly remaining: number } | null;
  readonly tokens: { readonly limit: number; readonly remaining: number } | null;
}

/** Takes in what an answer's headers tell. */
export function learnLimits(gate: Gate, told: ToldLimits, now: number): Gate {
  const filled = fill(gate, now);
  return {
    ...filled,
    requests: learn(filled.requests, told.requests),
    tokens: learn(filled.tokens, told.tokens),
  };
}

export type CallReport =
  | { readonly kind: 'answered' }
  | { readonly kind: 'unavailable'; readonly retryAfterMilliseconds: number | null }
  | { readonly kind: 'rate_limited'; readonly retryAfterMilliseconds: number | null };

/** Takes in how a call ended; `probe` is what its passage said. */
export function reportToGate(gate: Gate, report: CallReport, probe: boolean, now: number): Gate {
  if (report.kind === 'answered') {
    // A call from before the trip proves nothing about the provider after it.
    if (gate.tripped && !probe) return gate;
    return { ...gate, tripped: false, failures: 0, backoffMilliseconds: firstBackoffMilliseconds, probeUntil: 0 };
  }
  const failures = gate.failures + 1;
  const trips = report.kind === 'rate_limited' || failures >= failuresToTrip;
  if (!gate.tripped && !trips) return { ...gate, failures };
  const wait = report.retryAfterMilliseconds ?? gate.backoffMilliseconds;
  const closedUntil = Math.max(gate.closedUntil, now + wait);
  const closedBy = report.kind === 'rate_limited' ? 'rate_limit' : 'breaker';
  // Those that fail beside or after the one that tripped it are the same trouble, not more of it.
  if (gate.tripped && !probe) return { ...gate, failures, closedUntil, closedBy };
  const backoffMilliseconds = Math.min(gate.backoffMilliseconds * 2, longestBackoffMilliseconds);
  return { ...gate, tripped: true, failures, closedUntil, closedBy, backoffMilliseconds, probeUntil: 0 };
}

type Bucket = Gate['requests'];

function fill(gate: Gate, now: number): Gate {
  const share = Math.max(0, now - gate.at) / minute;
  const more = (bucket: Bucket): Bucket =>
    bucket === null ? null : { ...bucket, left: Math.min(bucket.limit, bucket.left + bucket.limit * share) };
  return { ...gate, requests: more(gate.requests), tokens: more(gate.tokens), at: now };
}

function waitFor(bucket: Bucket, units: number): number {
  if (bucket === null) return 0;
  // A call larger than a whole minute's limit goes when the bucket is full.
  const missing = Math.min(units, bucket.limit) - bucket.left;
  return missing <= 0 ? 0 : Math.max(10, (missing / bucket.limit) * minute);
}

function take(bucket: Bucket, units: number): Bucket {
  return bucket === null ? null : { ...bucket, left: bucket.left - units };
}

function learn(bucket: Bucket, told: ToldLimits['requests']): Bucket {
  if (told === null || told.limit <= 0) return bucket;
  // Headers of calls that passed together come back out of order: the lower count is nearer to the truth.
  const left = bucket === null ? told.remaining : Math.min(bucket.left, told.remaining);
  return { limit: told.limit, left };
}
