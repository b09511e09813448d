/** What the items of a lane have in common, and how each leaves it. */
import type { LaneKey } from '../../../store/batches/batch-epochs.ts';
import type { LaneItem } from '../../../store/batches/batch-lane-items.ts';
import type { CallReport } from '../../../store/batches/provider-gate.ts';
import type { BatchLimits } from '../../../workflows/contract/batches/limits.ts';
import type { BatchDefinition } from '../../../workflows/contract/batches/schema.ts';
import type { Reason } from '../../../workflows/contract/failures.ts';
import type { OutputReader } from '../../output-schema.ts';
import type { EndWatch } from '../end-watch.ts';
import type { PollPace } from '../economy/poll-pace.ts';
import type { BatchDependencies } from '../ports.ts';

export interface LaneContext {
  readonly dependencies: BatchDependencies;
  readonly key: LaneKey;
  readonly definition: BatchDefinition;
  /** As they are at the moment. */
  readonly limits: () => BatchLimits;
  readonly read: OutputReader;
  readonly pace: PollPace;
  readonly ends: EndWatch;
  /** Aborted when the lane hands over: what is under way stays at the provider. */
  readonly handOver: AbortSignal;
  readonly report: (report: CallReport, probe: boolean) => Promise<void>;
}

/** How a lane goes on with an item: not at all, later, or by halting the batch. */
export type ItemResult =
  | { readonly kind: 'ended' | 'left' }
  | { readonly kind: 'later'; readonly item: LaneItem; readonly reason: Reason }
  | { readonly kind: 'halt'; readonly item: LaneItem; readonly reason: Reason };

/** When the item's time is over; never, for one that counts from a submission that has not been. */
export function expiry({ limits }: LaneContext, item: LaneItem): number {
  const { itemClock, itemSeconds } = limits();
  const from = itemClock === 'creation' ? item.createdAt : item.submittedAt;
  return from === null ? Number.POSITIVE_INFINITY : from + itemSeconds * 1000;
}
