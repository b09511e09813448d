/** Prices of model calls. An unknown price is an error: counted as free, it would use up every budget unnoticed. */
import { calcPrice, type PriceOptions } from '@pydantic/genai-prices';
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

/** Where the bundled table lists a model: under a provider's id, or under the provider that has an address. */
export type PriceListing = Pick<PriceOptions, 'providerId' | 'providerApiUrl'>;

const openAiListings: readonly PriceListing[] = [{ providerId: 'openai' }];

/**
 * The cost in US dollars: by the operator's own prices first, then by the bundled table. `models` are names of the same
 * model, the most exact first: the snapshot that answered, then the requested model. The first of the `listings` counts that
 * has the model.
 */
export function costOf(
  models: readonly string[],
  tokens: TokenCounts,
  ownPrices: Prices,
  listings = openAiListings,
): number {
  const under = listings.map(({ providerId, providerApiUrl }) => providerId ?? providerApiUrl).join(' ');
  const isFree = tokens.inputTokens + tokens.outputTokens === 0;
  // That a price is known is found out once: a search of the table takes most of a millisecond.
  if (isFree && models.some((model) => listed.has(`${under} ${model}`))) return 0;
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
    for (const listing of listings) {
      const price = calcPrice(usage, model, listing);
      if (price === null) continue;
      if (listed.size < mostListed) listed.add(`${under} ${model}`);
      return price.total_price;
    }
  }
  const name = models.at(-1) ?? '';
  const mend = `set it in LODESTONE_PRICES, as in {"${name}":{"input":1,"cachedInput":0.1,"output":5}} (USD a million tokens)`;
  throw failure('step_definition', `the price of the model ${name} is not known: ${mend}`);
}

/** Whether a price of the model is known. */
export function hasPrice(model: string, ownPrices: Prices, listings = openAiListings): boolean {
  if (ownPrices[model] !== undefined) return true;
  return listings.some((listing) => calcPrice({ input_tokens: 0, output_tokens: 0 }, model, listing) !== null);
}

/** Models that the bundled table has; a limit, because names come from definitions and answers. */
const listed = new Set<string>();
const mostListed = 1000;

/** The share of the list price that a call of a batch costs: providers sell their batch API at half price. */
export function priceShare(mode: BatchMode): number {
  return mode === 'economy' ? 0.5 : 1;
}
