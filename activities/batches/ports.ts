/** What partitions need of the world; tests hand in fakes. */
import type { BatchItemEnd } from '../../workflows/contract/batches/batch.ts';
import type { Reason } from '../../workflows/contract/failures.ts';
import type { Store } from '../../store/store.ts';
import type { ReportedLimits } from '../../store/batches/rate-limiter.ts';
import type { TokenCounts } from '../llm/prices.ts';
import type { ProviderEventLookup } from '../llm/provider-event-lookup.ts';
import type { Model } from '../ports.ts';

export interface BatchDependencies {
  readonly store: Pick<Store, 'batches' | 'batchItems' | 'batchPartitions' | 'batchWaits' | 'rateLimiters' | 'events'>;
  readonly model: Model;
  readonly eventLookup: ProviderEventLookup;
  /** The name of the provider, by which its rate limiter is shared. */
  readonly provider: string;
  /** US dollars; throws when the price is not known. */
  readonly priceOf: (model: string, tokens: TokenCounts) => number;
  /** What the newest answers' headers told of a model's limits, once. */
  readonly takeLimits: (model: string) => ReportedLimits | null;
  readonly now: () => number;
  readonly random: () => number;
  /** Waits; rejects when the signal is aborted. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  readonly onItem: (event: ItemEvent) => void;
}

/** What is logged and counted of each item: every failed attempt, and every end. */
export type ItemEvent = { readonly batchId: string; readonly position: number } & (
  | { readonly kind: 'attempt_failed'; readonly attempt: number; readonly reason: Reason }
  | { readonly kind: 'ended'; readonly status: BatchItemEnd; readonly reason: Reason | null; readonly costUsd: number }
);
