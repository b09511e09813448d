/** What workflows and partitions do to batches, for tests of the faces. */
import type { Store } from '../../../../store/store.ts';
import type { Api } from '../harness.ts';

/** Makes the fake Temporal open batches as the workflow's first activity does. */
export function opensBatches({ store, batches }: Pick<Api, 'store' | 'batches'>): void {
  batches.onStart = async ({ id, pause }) => {
    const state = pause === null ? 'running' : 'paused';
    await store.batches.change(id, { state, startedAt: new Date().toISOString(), estimateUsd: 0.25, worstUsd: 0.5 });
  };
}

/** A partition's work: the first item gets its answer, the second fails. */
export async function workOnBatch(store: Store, id: string): Promise<void> {
  const { key } = await store.batchPartitions.begin({ batchId: id, partition: 0, partitions: 1 });
  await store.batchPartitions.take(key, 10, 10);
  const usage = { modelCalls: 1, inputTokens: 10, cachedInputTokens: 0, outputTokens: 5, costUsd: 0.01 };
  for (const position of [0, 1]) {
    const limiter = { key: 'test', tokens: 1 };
    await store.batchPartitions.admit(key, { position, worstNano: 50_000_000, limiter, now: Date.now() });
    await store.batchPartitions.submitted(key, position, `resp_${position}`);
  }
  const end = { usage, uncertain: false, model: 'gpt-5.5', now: Date.now() };
  await store.batchPartitions.end(key, { ...end, position: 0, status: 'succeeded', reason: null, output: '=1+1' });
  const reason = { type: 'provider_request', message: 'refused' } as const;
  await store.batchPartitions.end(key, { ...end, position: 1, status: 'failed', reason, output: null });
}

/** All of a batch's life at once. */
export async function endBatch(store: Store, id: string): Promise<void> {
  await store.batches.change(id, { state: 'running', startedAt: new Date().toISOString() });
  await workOnBatch(store, id);
  const end = { outcome: 'completed_with_errors', reason: null, continuations: 0, now: new Date() } as const;
  await store.batches.close(id, end);
  await store.events.append({ jobId: id, type: 'batch.ended', message: 'completed with errors' });
}
