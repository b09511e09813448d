/** What the items of a partition have in common, and how each leaves it. */
import type { FencingToken } from '../../../store/batches/batch-fencing.ts';
import type { OpenItem } from '../../../store/batches/open-items.ts';
import type { CallReport } from '../../../store/batches/rate-limiter.ts';
import type { BatchLimits } from '../../../workflows/contract/batches/limits.ts';
import type { BatchDefinition } from '../../../workflows/contract/batches/schema.ts';
import type { Reason } from '../../../workflows/contract/failures.ts';
import type { OutputReader } from '../../output-schema.ts';
import type { EndWatch } from '../end-watch.ts';
import type { PollPace } from '../economy/poll-pace.ts';
import type { BatchDependencies } from '../ports.ts';

export interface PartitionContext {
  readonly dependencies: BatchDependencies;
  readonly key: FencingToken;
  readonly definition: BatchDefinition;
  /** As they are at the moment. */
  readonly limits: () => BatchLimits;
  readonly read: OutputReader;
  readonly pace: PollPace;
  readonly ends: EndWatch;
  /** Aborted when the partition hands over: what is under way stays at the provider. */
  readonly handOver: AbortSignal;
  readonly report: (report: CallReport, probe: boolean) => Promise<void>;
}

/** How a partition goes on with an item: not at all, later, or by halting the batch. */
export type ItemResult =
  | { readonly kind: 'ended' | 'left' }
  | { readonly kind: 'later'; readonly item: OpenItem; readonly reason: Reason }
  | { readonly kind: 'halt'; readonly item: OpenItem; readonly reason: Reason };

/** When the item's time is over; never, for one that counts from a submission that has not been. */
export function expiry({ limits }: PartitionContext, item: OpenItem): number {
  const { itemClock, itemSeconds } = limits();
  const from = itemClock === 'creation' ? item.createdAt : item.submittedAt;
  return from === null ? Number.POSITIVE_INFINITY : from + itemSeconds * 1000;
}
