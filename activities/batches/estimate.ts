/** Estimates what a batch will cost before it runs, and computes the upper bound that its reservations keep to. */
import type { Store } from '../../store/store.ts';
import type { BatchView } from '../../workflows/contract/batches/schema.ts';
import { templateNames } from '../../workflows/contract/lead-magnets/template.ts';
import { priceShare } from '../llm/prices.ts';
import { bytesAToken, frameTokens } from './partition/item-request.ts';
import type { BatchDependencies } from './ports.ts';

export interface Costs {
  readonly estimateUsd: number;
  readonly worstUsd: number;
}

/** The expected length of an answer, as a share of `maxOutputTokens`. */
const likelyAnswer = 0.5;
const tags = /\{\{[^{}]*\}\}/g;

/** By the length of prompt and items, with one call an item. Retries and template sections are not counted; the cap bounds them. */
export async function estimateCosts(
  store: { readonly batchItems: Pick<Store['batchItems'], 'size'> },
  { id, definition }: Pick<BatchView, 'id' | 'definition'>,
  priceOf: BatchDependencies['priceOf'],
): Promise<Costs> {
  const { model, mode, prompt, instructions, outputSchema, maxOutputTokens } = definition;
  const { items, bytes } = await store.batchItems.size(id);
  const schema = outputSchema === null ? '' : JSON.stringify(outputSchema);
  const fixed = Buffer.byteLength(prompt.replace(tags, '') + (instructions ?? '') + schema) * items;
  const cost = (inputTokens: number, outputTokens: number): number => {
    const tokens = { inputTokens: Math.ceil(inputTokens), cachedInputTokens: 0, outputTokens: Math.ceil(outputTokens) };
    return priceShare(mode) * priceOf(model, tokens);
  };
  const longest = items * maxOutputTokens;
  return {
    estimateUsd: cost((fixed + bytes) / bytesAToken, longest * likelyAnswer),
    // The same rule as a call's reservation: a token is at least one byte.
    worstUsd: cost(fixed + bytes * mostOften(prompt) + items * frameTokens, longest),
  };
}

/** How many times the prompt uses its most used field. */
function mostOften(prompt: string): number {
  const times = new Map<string, number>();
  for (const { path } of templateNames(prompt).names) times.set(path, (times.get(path) ?? 0) + 1);
  return Math.max(1, ...times.values());
}
