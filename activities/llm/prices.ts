/** What a model call costs. An unknown price is an error: taken for nothing, it would empty every budget unseen. */
import { calcPrice } from '@pydantic/genai-prices';
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

/** The cost in US dollars: by the operator's own prices first, then by the bundled table. */
export function costOf(model: string, tokens: TokenCounts, ownPrices: Prices): number {
  const own = ownPrices[model];
  if (own !== undefined) {
    const fresh = tokens.inputTokens - tokens.cachedInputTokens;
    return (fresh * own.input + tokens.cachedInputTokens * own.cachedInput + tokens.outputTokens * own.output) / 1e6;
  }
  const usage = {
    input_tokens: tokens.inputTokens,
    cache_read_tokens: tokens.cachedInputTokens,
    output_tokens: tokens.outputTokens,
  };
  const price = calcPrice(usage, model, { providerId: 'openai' });
  if (price === null) {
    const mend = `set it in LODESTONE_PRICES, as in {"${model}":{"input":1,"cachedInput":0.1,"output":5}} (USD a million tokens)`;
    throw failure('step_definition', `the price of the model ${model} is not known: ${mend}`);
  }
  return price.total_price;
}
