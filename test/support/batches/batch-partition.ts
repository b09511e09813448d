/** A partition with a real store, a pretended provider and a clock in the test's hands. */
import { failure } from '../../../activities/failure.ts';
import { createProviderEventLookup } from '../../../activities/llm/provider-event-lookup.ts';
import { runPartition } from '../../../activities/batches/partition/partition.ts';
import type { BatchDependencies, ItemEvent } from '../../../activities/batches/ports.ts';
import type { BatchItemView } from '../../../workflows/contract/batches/schema.ts';
import type { FailureType } from '../../../workflows/contract/failures.ts';
import type { BatchPartitionInput, BatchPartitionResult } from '../../../workflows/contract/batches/batch.ts';
import type { BatchLimits } from '../../../workflows/contract/batches/limits.ts';
import { runningBatch } from './batches.ts';
import { FakeBatchModel } from './fake-batch-model.ts';
import { FakeClock } from '../fake-clock.ts';
import { type TestStore, temporaryStore } from '../temporary-store.ts';

export interface PartitionWorld {
  readonly store: TestStore;
  readonly clock: FakeClock;
  readonly model: FakeBatchModel;
  readonly events: ItemEvent[];
  readonly dependencies: BatchDependencies;
  /** Runs one partition while time passes. */
  partition(input?: Partial<BatchPartitionInput>, signal?: AbortSignal): Promise<BatchPartitionResult>;
  items(): Promise<readonly BatchItemView[]>;
}

const costUsd = 0.001;

/** A batch `b` of so many items that runs; each call costs 0.001 USD, and at most 0.01. */
export async function partitionWorld(count: number, limits: Partial<BatchLimits> = {}): Promise<PartitionWorld> {
  const store = await temporaryStore();
  await runningBatch(store, 'b', count, limits);
  const clock = new FakeClock();
  // Items were made a moment ago, by the test's clock.
  clock.time = Date.now();
  const parts = partitionParts(store, clock);
  const { dependencies } = parts;
  const input = { batchId: 'b', partition: 0, partitions: 1, until: count, last: true, continuations: 0 };
  return {
    store,
    clock,
    ...parts,
    partition: (changes = {}, signal = new AbortController().signal) =>
      clock.run(runPartition(dependencies, { ...input, ...changes }, signal)),
    items: () => store.batchItems.page('b', { after: null, limit: 10_000 }),
  };
}

/** What a partition needs, with a provider whose calls cost the same. */
export function partitionParts(
  store: TestStore,
  clock: FakeClock,
): Pick<PartitionWorld, 'model' | 'events'> & { readonly dependencies: BatchDependencies } {
  const model = new FakeBatchModel(clock, costUsd);
  const events: ItemEvent[] = [];
  const dependencies = {
    store,
    model,
    eventLookup: createProviderEventLookup(store.acrossTenants.providerEvents, model, clock.now),
    limiterKey: (model: string) => `test/${model}`,
    priceOf: () => 0.01,
    takeLimits: () => null,
    now: clock.now,
    random: () => 0,
    sleep: clock.sleep,
    onItem: (event: ItemEvent) => void events.push(event),
  };
  return { model, events, dependencies };
}

/** Fails the first so many submissions of a text. */
export function failing(
  world: PartitionWorld,
  text: string,
  times: number,
  type: FailureType = 'provider_unavailable',
): void {
  let left = times;
  world.model.onCreate = (submitted) => {
    if (submitted === text && left > 0) {
      left -= 1;
      throw failure(type, `${type} on purpose`);
    }
    return undefined;
  };
}

export async function statuses(world: PartitionWorld): Promise<readonly string[]> {
  return (await world.items()).map(({ status }) => status);
}
