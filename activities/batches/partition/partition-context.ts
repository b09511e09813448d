/** State that the items of a partition share, and the ways in which the work on an item ends. */
import type { FencingToken } from '../../../store/batches/partitions/batch-fencing.ts';
import type { OpenItem } from '../../../store/batches/items/open-items.ts';
import type { CallReport } from '../../../store/batches/rate-limiters/rate-limiter.ts';
import type { BatchLimits } from '../../../workflows/contract/batches/limits.ts';
import type { BatchDefinition } from '../../../workflows/contract/batches/schema.ts';
import type { Reason } from '../../../workflows/contract/failures.ts';
import type { OutputReader } from '../../output-schema.ts';
import type { EndWatch } from '../end-watch.ts';
import type { PollPace } from './poll-pace.ts';
import type { BatchDependencies } from '../ports.ts';

export interface PartitionContext {
  readonly dependencies: BatchDependencies;
  readonly key: FencingToken;
  readonly definition: BatchDefinition;
  /** The current limits: a person may change them while the batch runs. */
  readonly limits: () => BatchLimits;
  readonly read: OutputReader;
  readonly pace: PollPace;
  readonly ends: EndWatch;
  /** Aborted when the partition hands over; responses that are under way stay at the provider. */
  readonly handOver: AbortSignal;
  readonly report: (report: CallReport, probe: boolean) => Promise<void>;
}

/** What the partition does next with an item: nothing (`ended`, `left`), retry it later, or pause the whole batch (`halt`). */
export type ItemResult =
  | { readonly kind: 'ended' | 'left' }
  | { readonly kind: 'later'; readonly item: OpenItem; readonly reason: Reason }
  | { readonly kind: 'halt'; readonly item: OpenItem; readonly reason: Reason };

/** When the item's time limit passes; infinity when the limit counts from a submission that has not happened yet. */
export function expiry({ limits }: PartitionContext, item: OpenItem): number {
  const { itemClock, itemSeconds } = limits();
  const from = itemClock === 'creation' ? item.createdAt : item.submittedAt;
  return from === null ? Number.POSITIVE_INFINITY : from + itemSeconds * 1000;
}
