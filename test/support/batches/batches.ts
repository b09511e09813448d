/** Batches for tests: small definitions, sealed in a real store. */
import { BatchDefinitionSchema, type BatchDefinition } from '../../../workflows/contract/batches/schema.ts';
import type { BatchMode } from '../../../workflows/contract/batches/mode.ts';
import type { BatchLimits } from '../../../workflows/contract/batches/limits.ts';
import type { Store } from '../../../store/store.ts';

export function batchDefinition(limits: Partial<BatchLimits> = {}, mode: BatchMode = 'standard'): BatchDefinition {
  return BatchDefinitionSchema.parse({
    name: 'test',
    model: 'gpt-5.4-mini',
    prompt: 'Say {{item.word}}',
    maxOutputTokens: 16,
    mode,
    limits,
  });
}

/** Items `{ word: 'word 0' }` and on, as a stream. */
export async function* words(count: number): AsyncGenerator<{ word: string }> {
  for (let index = 0; index < count; index += 1) yield { word: `word ${index}` };
}

/** A batch with so many items that runs, as its workflow would have opened it. */
export async function runningBatch(
  store: Store,
  id: string,
  count: number,
  limits: Partial<BatchLimits> = {},
  mode: BatchMode = 'standard',
) {
  await sealedBatch(store, id, count, limits, mode);
  await store.batches.change(id, { state: 'running', startedAt: new Date().toISOString() });
}

export async function sealedBatch(
  store: Store,
  id: string,
  count: number,
  limits: Partial<BatchLimits> = {},
  mode: BatchMode = 'standard',
) {
  await store.batches.create({ id, definition: batchDefinition(limits, mode), now: new Date() });
  await store.batchItems.import(id, words(count));
  await store.batches.seal(id);
}
