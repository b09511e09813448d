/**
 * The model port over all providers: the name of a model says which one serves it. A name that none serves is an error at
 * once, before anything is begun.
 */
import { ApplicationFailure } from '@temporalio/common';
import type { ListedProvider } from '../../../workflows/contract/tools/local.ts';
import { failure } from '../../failure.ts';
import type { Model, ModelRequest } from '../../ports.ts';
import type { TokenCounts } from '../prices.ts';

export interface Provider {
  /** May stand before a model's name, as in `glm/glm-5.2`. */
  readonly name: string;
  /** The name under which its rate limiters are stored. */
  readonly limiterName: string;
  /** Where it is reached: an answer from one address is not another's. */
  readonly address: string;
  readonly models: readonly string[];
  /** Whether its key is set. */
  readonly hasKey: boolean;
  /** Whether it serves a model that nobody lists. */
  readonly servesUnlisted: (model: string) => boolean;
  /** What it serves, for people. */
  readonly described: string;
  /** Why it can't be called; null when it can. */
  readonly problem: string | null;
  /** Whether a model is known to take no images. */
  readonly isTextOnly: (model: string) => boolean;
  readonly model: Model;
  /** In US dollars; throws `step_definition` when the price is not known. */
  readonly priceOf: (model: string, tokens: TokenCounts) => number;
  /** Whether it has a batch API, at half price. */
  readonly hasBatchApi: boolean;
}

export interface Route {
  readonly provider: Provider;
  /** The name by which the provider knows the model. */
  readonly model: string;
}

/** The providers in the order in which they are asked whether they serve a model. */
export class Providers {
  private readonly providers: readonly Provider[];

  constructor(providers: readonly Provider[]) {
    this.providers = providers;
  }

  /** Throws `step_definition` for a model that nobody serves. */
  route(name: string): Route {
    const found = this.find(name);
    if (found === null) throw failure('step_definition', this.unknown(name));
    return found;
  }

  private unknown(name: string): string {
    const known = this.providers.map(({ name: provider, described }) => `${provider} (${described})`).join(', ');
    return (
      `no provider serves the model ${name.slice(0, 200)}. Known: ${known}. Add it to an endpoint in LODESTONE_ENDPOINTS; ` +
      'or set its price in LODESTONE_PRICES if OPENAI_BASE_URL serves it'
    );
  }

  /** All providers with the models that they list, and those of these names that they serve. */
  list(names: readonly string[]): readonly ListedProvider[] {
    const named = names.flatMap((name) => this.find(name) ?? []);
    return this.providers.map((provider) => {
      const own = named.flatMap((route) => (route.provider === provider ? [route.model] : []));
      const models = [...new Set([...provider.models, ...own])];
      return {
        name: provider.name,
        hasKey: provider.hasKey,
        problem: provider.problem,
        serves: provider.described,
        models: models.map((name) => ({ name, isPriced: isPriced(provider, name) })),
      };
    });
  }

  priceOf(name: string, tokens: TokenCounts): number {
    const { provider, model } = this.route(name);
    return provider.priceOf(model, tokens);
  }

  /** The key of the rate limiter and circuit breaker of a model. */
  limiterKey(name: string): string {
    const found = this.find(name);
    return found === null ? name : `${found.provider.limiterName}/${found.model}`;
  }

  /** The provider of a model, its address, and the model's name there. */
  endpointOf(name: string): string {
    const found = this.find(name);
    return found === null ? name : `${found.provider.name} ${found.provider.address} ${found.model}`;
  }

  /** Why a model can't be called at all; null when it can. */
  problemOf(name: string): string | null {
    const found = this.find(name);
    return found === null ? this.unknown(name) : found.provider.problem;
  }

  /** Why a model can't be sent images; null when it can, or when that is not known. */
  imageProblemOf(name: string): string | null {
    const found = this.find(name);
    if (found === null || !found.provider.isTextOnly(found.model)) return null;
    return `the model ${found.model} of the provider ${found.provider.name} takes no images: name one that does`;
  }

  /** Why a model has no batch API; null when it has. */
  batchProblemOf(name: string): string | null {
    const found = this.find(name);
    if (found === null) return this.unknown(name);
    return found.provider.hasBatchApi
      ? null
      : `the provider ${found.provider.name} has no batch API here: run the batch in the mode "standard"`;
  }

  private find(name: string): Route | null {
    const listed = this.providers.find(({ models }) => models.includes(name));
    if (listed !== undefined) return { provider: listed, model: name };
    const [prefix = '', ...rest] = name.split('/');
    const named = this.providers.find((provider) => provider.name === prefix);
    if (named !== undefined && rest.length > 0) return { provider: named, model: rest.join('/') };
    const unlisted = this.providers.find(({ servesUnlisted }) => servesUnlisted(name));
    return unlisted === undefined ? null : { provider: unlisted, model: name };
  }
}

/** Whether a request shows pictures that belong to its texts. */
export function hasImages({ input, earlier = [] }: Pick<ModelRequest, 'input' | 'earlier'>): boolean {
  return [...earlier, ...input].some((part) => part.type === 'text' && (part.images ?? []).length > 0);
}

function isPriced(provider: Provider, model: string): boolean {
  try {
    provider.priceOf(model, { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0 });
    return true;
  } catch (error) {
    if (error instanceof ApplicationFailure) return false;
    throw error;
  }
}

export function createRoutedModel(providers: Providers, keeper: Model): Model {
  return {
    create: async (request, signal) => {
      const { provider, model } = providers.route(request.model);
      if (provider.problem !== null) throw failure('provider_authentication', provider.problem);
      const blind = hasImages(request) ? providers.imageProblemOf(request.model) : null;
      if (blind !== null) throw failure('step_definition', blind);
      return provider.model.create({ ...request, model }, signal);
    },
    retrieve: async (id, name, signal, timeout) => {
      const { provider, model } = providers.route(name);
      return provider.model.retrieve(id, model, signal, timeout);
    },
    // Only responses that are kept can still run at a provider.
    cancel: (id, timeout) => keeper.cancel(id, timeout),
    keepsResponses: (name) => {
      const { provider, model } = providers.route(name);
      return provider.model.keepsResponses?.(model) ?? true;
    },
  };
}
