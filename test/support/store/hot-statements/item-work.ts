/** All that is done for each item of a batch, so that the plans of its statements can be judged. */
import type { Store } from '../../../../store/store.ts';

const usage = { modelCalls: 1, inputTokens: 5, cachedInputTokens: 0, outputTokens: 2, costUsd: 0.01 };

/** Works on the pending items 0 to 2 of the running batch `b`. */
export async function workOnItems(store: Store): Promise<void> {
  const { key } = await store.batchPartitions.begin({ batchId: 'b', partition: 0, partitions: 1 });
  const now = Date.now();
  const limiter = { key: 'test/model', tokens: 1 };
  const reason = { type: 'provider_unavailable', message: 'away' } as const;
  await store.batchPartitions.take(key, 3, 2);
  for (const position of [0, 1]) {
    await store.batchPartitions.admit(key, { position, worstNano: 1e7, limiter, now });
    await store.batchPartitions.submitted(key, position, `resp_${position}`);
  }
  const retry = {
    position: 0,
    reason,
    nextAttemptAt: now,
    counted: true,
    usage: null,
    uncertain: false,
  };
  await store.batchPartitions.retry(key, retry);
  const end = {
    position: 1,
    status: 'succeeded',
    reason: null,
    output: 'yes',
    usage,
    uncertain: false,
    model: 'gpt-5.5',
    now,
  } as const;
  await store.batchPartitions.end(key, end);
  await store.providerBatches.take(key, { until: 3, now, count: 2 });
  await store.providerBatches.items(key, 'provider_1', { after: -1, count: 2 });
  await store.providerBatches.items(key, null, { after: -1, count: 2 });
  await store.providerBatches.find(key, 'provider_1', 1);
  await store.providerBatches.positions(key, 'provider_1');
  await store.batches.control('b');
  await store.batchItems.endedSince('b', now);
}
