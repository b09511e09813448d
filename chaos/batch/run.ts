/**
 * Runs a batch whose worker is killed again and again, and compares what the store and the model server's journal say
 * of it.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { LlmBatchResult } from '../../workflows/contract/batches/batch.ts';
import type { BatchLimits } from '../../workflows/contract/batches/limits.ts';
import type { BatchView } from '../../workflows/contract/batches/schema.ts';
import type { BatchWorld } from '../../bench/batch/world.ts';

export interface ChaosOrder {
  readonly id: string;
  readonly items: number;
  readonly kills: number;
  /** Items between two kills, roughly. When left out, the kills are spread over all items. */
  readonly killEvery?: number;
  /** Whether the Temporal server is killed as well, half-way, and started again with its database file. */
  readonly restartServer: boolean;
  readonly limits?: Partial<BatchLimits>;
  readonly maxOutputTokens?: number;
  readonly say: (line: string) => void;
}

export interface ChaosReport {
  readonly batch: BatchView;
  readonly result: LlmBatchResult | null;
  readonly kills: number;
  readonly seconds: number;
  /** Items that have ended, by the store. */
  readonly ended: number;
  /** Calls that used tokens, by the journal. */
  readonly paidCalls: number;
  /** Paid calls that repeat the request of another paid call. */
  readonly paidTwice: number;
  /** Items with an answer whose call is not in the journal. */
  readonly answersFromNowhere: number;
}

/** A kill comes only after the batch has made progress since the last one, so that each kill hits work under way. */
export async function runChaos(world: BatchWorld, order: ChaosOrder): Promise<ChaosReport> {
  const { id, items, kills, say } = order;
  const began = Date.now();
  const { limits = {}, maxOutputTokens } = order;
  const handle = await world.start({
    id,
    items,
    limits,
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
  });
  const step = order.killEvery ?? Math.floor(items / (kills + 2));
  let killed = 0;
  let restarted = !order.restartServer;
  let next = step;
  for (;;) {
    const batch = await find(world, id);
    if (batch.state === 'ended' || batch.pause !== null) break;
    if (killed < kills && endedItems(batch) >= next) {
      await world.killWorker();
      killed += 1;
      next = Math.min(items - 1, endedItems(await find(world, id)) + Math.max(1, Math.floor(step * 0.7)));
      say(`killed the worker (${killed} of ${kills}) at ${endedItems(batch)} items`);
    }
    if (!restarted && killed >= kills / 2) {
      restarted = true;
      await world.restartServer();
      say('killed the Temporal server, and started it again');
    }
    await delay(50);
  }
  const batch = await find(world, id);
  const result = batch.state === 'ended' ? await handle.result() : null;
  const { paidCreates, repeatedCreates } = world.model.journal.counters();
  return {
    batch: await find(world, id),
    result,
    kills: killed,
    seconds: (Date.now() - began) / 1000,
    ended: endedItems(batch),
    paidCalls: paidCreates,
    paidTwice: repeatedCreates,
    answersFromNowhere: await unknownAnswers(world, id),
  };
}

async function find(world: BatchWorld, id: string): Promise<BatchView> {
  const batch = await world.store.batches.find(id);
  if (batch === null) throw new Error(`there is no batch ${id}`);
  return batch;
}

function endedItems({ counts, itemCount }: BatchView): number {
  return itemCount - counts.pending - counts.intended - counts.submitted;
}

async function unknownAnswers(world: BatchWorld, id: string): Promise<number> {
  const known = new Set(world.model.journal.entries.map(({ responseId }) => responseId));
  let unknown = 0;
  for await (const item of world.store.batchItems.export(id, ['succeeded'])) {
    if (!known.has(item.responseId)) unknown += 1;
  }
  return unknown;
}
