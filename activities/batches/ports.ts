/** Interfaces of what partitions need from outside; tests pass fakes. */
import type { BatchItemEnd } from '../../workflows/contract/batches/batch.ts';
import type { Reason } from '../../workflows/contract/failures.ts';
import type { Store } from '../../store/store.ts';
import type { ReportedLimits } from '../../store/batches/rate-limiters/rate-limiter.ts';
import type { TokenCounts } from '../llm/prices.ts';
import type { ProviderEventLookup } from '../llm/provider-event-lookup.ts';
import type { Model } from '../ports.ts';

export interface BatchDependencies {
  readonly store: Pick<Store, 'batches' | 'batchItems' | 'batchPartitions' | 'batchWaits' | 'rateLimiters' | 'events'>;
  readonly model: Model;
  readonly eventLookup: ProviderEventLookup;
  /** The key of a model's rate limiter, which all workers share. */
  readonly limiterKey: (model: string) => string;
  /** In US dollars; throws when the price is not known. */
  readonly priceOf: (model: string, tokens: TokenCounts) => number;
  /** Returns the limits for a rate limiter from the newest response headers, and null until newer headers arrive. */
  readonly takeLimits: (limiterKey: string) => ReportedLimits | null;
  readonly now: () => number;
  readonly random: () => number;
  /** Waits; rejects when the signal is aborted. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  readonly onItem: (event: ItemEvent) => void;
}

/** What is logged and counted for an item: each failed attempt and its end. */
export type ItemEvent = { readonly batchId: string; readonly position: number } & (
  | { readonly kind: 'attempt_failed'; readonly attempt: number; readonly reason: Reason }
  | { readonly kind: 'ended'; readonly status: BatchItemEnd; readonly reason: Reason | null; readonly costUsd: number }
);
