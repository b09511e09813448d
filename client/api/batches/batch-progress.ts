/** A batch's progress, computed from the store: its rate, expected cost, failures and waits. */
import { z } from '@hono/zod-openapi';
import { batchSwitch } from '../../../store/platform/switches.ts';
import type { Store } from '../../../store/store.ts';
import { batchItemEnds, batchWaitKinds } from '../../../workflows/contract/batches/batch.ts';
import { BatchViewSchema, type BatchView } from '../../../workflows/contract/batches/schema.ts';

const ProgressSchema = z.object({
  ended: z.int().describe('items that have ended, with or without an answer'),
  itemsPerMinute: z
    .number()
    .describe('items that ended in the last minute, or since the start if that is later; 0 unless the batch runs'),
  secondsLeft: z.int().nullable().describe('time to the end at this rate; null when no item has ended lately'),
  forecastUsd: z
    .number()
    .nullable()
    .describe('expected cost of the whole batch, from the cost of ended items; the estimate before any has ended'),
  failures: z.array(z.object({ type: z.string(), count: z.int() })).describe('most frequent first'),
  waits: z
    .array(
      z.object({
        for: z.enum(batchWaitKinds),
        message: z.string().describe('what the batch waits for, in a sentence'),
        until: z.string().describe('when the wait is expected to end; ISO 8601, UTC'),
      }),
    )
    .describe('what a running batch, or a part of it, waits for now'),
  stopped: z
    .object({ message: z.string(), at: z.string() })
    .nullable()
    .describe('set while all batches are stopped by the switch of the platform'),
});

export const BatchSchema = BatchViewSchema.extend({ progress: ProgressSchema }).meta({ id: 'Batch' });
export type BatchWithProgress = z.infer<typeof BatchSchema>;

const minute = 60_000;

export async function withProgress(store: Store, batch: BatchView, now: Date): Promise<BatchWithProgress> {
  const { counts, itemCount, startedAt, spentUsd, estimateUsd, state } = batch;
  const begun = startedAt === null ? now.getTime() : Date.parse(startedAt);
  const since = Math.max(begun, now.getTime() - minute);
  const [recent, failures, waits, stopped] = await Promise.all([
    store.batchItems.endedSince(batch.id, since),
    store.batchItems.failures(batch.id),
    state === 'running' ? store.batchWaits.find(batch.id, now.getTime()) : [],
    store.switches.find(batchSwitch),
  ]);
  const ended = batchItemEnds.reduce((sum, status) => sum + counts[status], 0);
  const itemsPerMinute = (recent * minute) / Math.max(1000, now.getTime() - since);
  const moves = state === 'running' && itemsPerMinute > 0;
  const progress = {
    ended,
    itemsPerMinute: state === 'running' ? itemsPerMinute : 0,
    secondsLeft: moves ? Math.round(((itemCount - ended) * 60) / itemsPerMinute) : null,
    forecastUsd: ended === 0 ? estimateUsd : (spentUsd / ended) * itemCount,
    failures: [...failures],
    waits: waits.map(({ kind, message, until }) => ({ for: kind, message, until: new Date(until).toISOString() })),
    stopped,
  };
  return { ...batch, progress };
}
