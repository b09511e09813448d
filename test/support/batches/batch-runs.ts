/** Batches that are run to their end in a world with a real server, a real worker and a model server that misbehaves. */
import type { BatchWorld } from '../../../bench/batch/world.ts';
import type { FaultOrder } from '../../../demo/model-server/faults.ts';
import type { BatchItemView } from '../../../workflows/contract/batches/schema.ts';
import type { BatchLimits } from '../../../workflows/contract/batches/limits.ts';
import type { LlmBatchResult } from '../../../workflows/contract/batches/batch.ts';

export interface BatchRunOrder {
  readonly id: string;
  readonly items: number;
  readonly faults?: readonly FaultOrder[];
  readonly limits?: Partial<BatchLimits>;
  /** What is done while it runs. */
  readonly meanwhile?: () => Promise<void>;
}

export interface BatchRunReport {
  readonly result: LlmBatchResult;
  readonly items: readonly BatchItemView[];
  /** Calls that used tokens. */
  readonly paid: number;
  /** Those of them that asked what another had asked. */
  readonly paidTwice: number;
}

export async function runFaultyBatch(world: BatchWorld, order: BatchRunOrder): Promise<BatchRunReport> {
  const { id, items, faults = [], limits = {}, meanwhile } = order;
  const before = world.model.journal.counters();
  for (const fault of faults) world.model.injectFault(fault);
  const handle = await world.start({ id, items, limits });
  await meanwhile?.();
  const result = await handle.result();
  const all: BatchItemView[] = [];
  for await (const item of world.store.batchItems.export(id)) all.push(item);
  const { paidCreates, repeatedCreates } = world.model.journal.counters();
  return {
    result,
    items: all,
    paid: paidCreates - before.paidCreates,
    paidTwice: repeatedCreates - before.repeatedCreates,
  };
}

/** Requests of the model server's API, for faults to match. */
export const createRequest = { method: 'POST', path: '/v1/responses' };
export const lookRequest = { method: 'GET', path: '/v1/responses/*' };
