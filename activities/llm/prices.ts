/** What a model call costs. An unknown price is an error: taken for nothing, it would empty every budget unseen. */
import { calcPrice } from '@pydantic/genai-prices';
import type { BatchMode } from '../../workflows/contract/batches/mode.ts';
import { failure } from '../failure.ts';

/** US dollars for a million tokens. */
export interface Price {
  readonly input: number;
  readonly cachedInput: number;
  readonly output: number;
}
export type Prices = Readonly<Record<string, Price>>;

export interface TokenCounts {
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  readonly outputTokens: number;
}

/**
 * The cost in US dollars: by the operator's own prices first, then by the bundled table. `models` are names of the same
 * model, the most exact first: that of the snapshot which answered, then the one that was asked for.
 */
export function costOf(models: readonly string[], tokens: TokenCounts, ownPrices: Prices): number {
  const own = models.map((model) => ownPrices[model]).find((price) => price !== undefined);
  if (own !== undefined) {
    const fresh = tokens.inputTokens - tokens.cachedInputTokens;
    return (fresh * own.input + tokens.cachedInputTokens * own.cachedInput + tokens.outputTokens * own.output) / 1e6;
  }
  const usage = {
    input_tokens: tokens.inputTokens,
    cache_read_tokens: tokens.cachedInputTokens,
    output_tokens: tokens.outputTokens,
  };
  for (const model of models) {
    const price = calcPrice(usage, model, { providerId: 'openai' });
    if (price !== null) return price.total_price;
  }
  const name = models.at(-1) ?? '';
  const mend = `set it in LODESTONE_PRICES, as in {"${name}":{"input":1,"cachedInput":0.1,"output":5}} (USD a million tokens)`;
  throw failure('step_definition', `the price of the model ${name} is not known: ${mend}`);
}

/** The part of the list price that a call of a batch costs: providers sell their batch API at half of it. */
export function priceShare(mode: BatchMode): number {
  return mode === 'economy' ? 0.5 : 1;
}
