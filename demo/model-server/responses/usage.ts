/** Estimates tokens: pictures by their 32-pixel patches, text by its length. */
import type { Screenshot } from '../brains/brain.ts';

export interface Usage {
  readonly input_tokens: number;
  readonly input_tokens_details: { readonly cached_tokens: number; readonly cache_write_tokens: number };
  readonly output_tokens: number;
  readonly output_tokens_details: { readonly reasoning_tokens: number };
  readonly total_tokens: number;
}

const patchPixels = 32;
const maximumPatches = 10_000;
const charactersAToken = 4;

export function imageTokens({ width, height }: Pick<Screenshot, 'width' | 'height'>): number {
  return Math.min(Math.ceil(width / patchPixels) * Math.ceil(height / patchPixels), maximumPatches);
}

export function textTokens(text: string): number {
  return Math.ceil(text.length / charactersAToken);
}

/** `cached` counts the input tokens that earlier turns sent already. */
export function usageOf(tokens: { readonly cached: number; readonly fresh: number; readonly output: number }): Usage {
  const input = tokens.cached + tokens.fresh;
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: tokens.cached, cache_write_tokens: 0 },
    output_tokens: tokens.output,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: input + tokens.output,
  };
}
