/** How a batch gets on: its rate, what it will have cost, and what failed, told from the store. */
import { z } from '@hono/zod-openapi';
import { batchSwitch } from '../../store/switches.ts';
import type { Store } from '../../store/store.ts';
import { batchItemEnds } from '../../workflows/contract/batch.ts';
import { BatchViewSchema, type BatchView } from '../../workflows/contract/batch-schema.ts';

const ProgressSchema = z.object({
  ended: z.int().describe('items that have ended, however'),
  itemsPerMinute: z.number().describe('ended in the last minute, or since the start if that is less; 0 unless it runs'),
  secondsLeft: z.int().nullable().describe('at this rate; null when nothing moves'),
  forecastUsd: z
    .number()
    .nullable()
    .describe('cost of the whole batch as its items cost so far; before that the estimate'),
  failures: z.array(z.object({ type: z.string(), count: z.int() })).describe('most frequent first'),
  stopped: z.object({ message: z.string(), at: z.string() }).nullable().describe("the platform's switch, if thrown"),
});

export const BatchSchema = BatchViewSchema.extend({ progress: ProgressSchema }).meta({ id: 'Batch' });
export type BatchWithProgress = z.infer<typeof BatchSchema>;

const minute = 60_000;

export async function withProgress(store: Store, batch: BatchView, now: Date): Promise<BatchWithProgress> {
  const { counts, itemCount, startedAt, spentUsd, estimateUsd, state } = batch;
  const begun = startedAt === null ? now.getTime() : Date.parse(startedAt);
  const since = Math.max(begun, now.getTime() - minute);
  const [recent, failures, stopped] = await Promise.all([
    store.batchItems.endedSince(batch.id, since),
    store.batchItems.failures(batch.id),
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
    stopped,
  };
  return { ...batch, progress };
}
