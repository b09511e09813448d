/** How a provider's form of the chat completions differs from the common one. Each preset has its own. */
import type { FailureType } from '../../../workflows/contract/failures.ts';
import type { JsonObject } from '../../../workflows/contract/json/json.ts';
import type { ModelRequest } from '../../ports.ts';

export interface Dialect {
  /** The tool that lets the model search the web; null when the provider has none. */
  readonly webSearch: ((need: 'allowed' | 'required') => JsonObject) | null;
  /** The name of a function whose call is answered with its own arguments, so that the provider runs it. */
  readonly echoedFunction: string | null;
  /** How JSON is asked for: with the schema, as any object, or by the instructions alone. */
  readonly json: 'schema' | 'object' | 'prompt';
  readonly maxTokensField: 'max_tokens' | 'max_completion_tokens';
  /** The fields of the request that say how much the model thinks. */
  readonly thinking: (model: string, request: Pick<ModelRequest, 'reasoningEffort' | 'webSearch'>) => JsonObject;
  /** The failure types of the provider's own codes and types of errors; the HTTP status decides for all others. */
  readonly errors: Readonly<Record<string, FailureType>>;
}

/** The form that servers such as vLLM, llama.cpp, Ollama and most gateways have in common. */
export const commonDialect: Dialect = {
  webSearch: null,
  echoedFunction: null,
  json: 'object',
  maxTokensField: 'max_tokens',
  thinking: (_model, { reasoningEffort }) => (reasoningEffort === null ? {} : { reasoning_effort: reasoningEffort }),
  errors: {
    insufficient_quota: 'provider_quota',
    content_filter: 'model_refusal',
  },
};
