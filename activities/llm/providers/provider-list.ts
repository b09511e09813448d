/** The providers that a worker's settings bring about: the operator's endpoints, the presets, and OpenAI's API. */
import type { Model } from '../../ports.ts';
import { createChatModel } from '../chat/chat-model.ts';
import { costOf, hasPrice, type Prices } from '../prices.ts';
import { openAiName, type Endpoint } from './endpoints.ts';
import { Providers, type Provider } from './routing.ts';

/** Of OpenAI's models, those that take no images: https://platform.openai.com/docs/models. */
const openAiTextOnly = /^(?:gpt-3\.5|gpt-4(?:-\d{4}|-32k.*)?$|o1-mini|o1-preview|o3-mini|gpt-oss)/;

export function createProviders(settings: {
  readonly endpoints: readonly Endpoint[];
  readonly prices: Prices;
  readonly openAi: { readonly model: Model; readonly host: string; readonly hasKey: boolean };
  /** Called with the key of a model's rate limiter and the headers of a response. */
  readonly onLimits: (limiterKey: string, headers: Headers) => void;
}): Providers {
  const { endpoints, prices, openAi, onLimits } = settings;
  return new Providers([
    ...endpoints.map((endpoint) => chatProvider(endpoint, prices, onLimits)),
    {
      name: openAiName,
      limiterName: openAi.host,
      address: openAi.host,
      models: [],
      hasKey: openAi.hasKey,
      servesUnlisted: (model) => hasPrice(model, prices),
      described: 'every model with a known price',
      problem: null,
      isTextOnly: (model) => openAiTextOnly.test(model),
      model: openAi.model,
      priceOf: (model, tokens) => costOf([model], tokens, prices),
      hasBatchApi: true,
    },
  ]);
}

function chatProvider(
  endpoint: Endpoint,
  prices: Prices,
  onLimits: (limiterKey: string, headers: Headers) => void,
): Provider {
  const { name, apiKey, keyPlace, listings, models, textOnly } = endpoint;
  return {
    name,
    limiterName: name,
    address: endpoint.baseUrl,
    models,
    hasKey: endpoint.hasKey,
    servesUnlisted: () => false,
    described: models.join(', '),
    problem: apiKey === null ? `the key of the provider ${name} is not set: ${keyPlace}` : null,
    isTextOnly: (model) => textOnly?.test(model) ?? false,
    model: createChatModel({
      ...endpoint,
      apiKey: apiKey ?? 'none',
      prices,
      onLimits: (model, headers) => onLimits(`${name}/${model}`, headers),
    }),
    priceOf: (model, tokens) => costOf([model], tokens, prices, listings),
    hasBatchApi: false,
  };
}
