/** The providers of chat completions whose forms are known: GLM of Z.ai (Zhipu), and Kimi of Moonshot. */
import type { FailureType } from '../../../workflows/contract/failures.ts';
import { commonDialect, type Dialect } from '../chat/dialect.ts';
import type { PriceListing } from '../prices.ts';

export interface Preset {
  readonly baseUrl: string;
  /** The variable with the key. */
  readonly keyVariable: 'ZAI_API_KEY' | 'MOONSHOT_API_KEY';
  readonly models: readonly string[];
  readonly attemptSeconds: number;
  readonly dialect: Dialect;
  /** Where the price table has its models when it does not know the address. */
  readonly listing: PriceListing;
  /** Names of its models that take no images. */
  readonly textOnly: RegExp;
}

/** The time limit of a call of a preset, and of an endpoint that names none. */
export const defaultAttemptSeconds = 30;

/**
 * Z.ai's codes: https://docs.z.ai/api-reference/api-code. They come with status 429 for an empty account as well as for too
 * many requests, so that the status alone does not say whether a retry helps. Limits of a plan (1308, 1310: five hours, a
 * week) outlast every retry, as an empty account does.
 */
const glmErrors: Readonly<Record<string, FailureType>> = {
  ...sameFor('provider_authentication', [1000, 1001, 1002, 1003, 1004, 1110, 1111, 1112, 1121, 1220, 1311, 1313]),
  ...sameFor('provider_quota', [1113, 1304, 1308, 1309, 1310]),
  ...sameFor('provider_rate_limit', [1302, 1303]),
  ...sameFor('provider_unavailable', [500, 1120, 1230, 1234, 1305, 1312]),
  ...sameFor('provider_request', [1210, 1211, 1212, 1213, 1214, 1215, 1221, 1222, 1261]),
  ...sameFor('model_refusal', [1301]),
};

/** Kimi's types: https://platform.kimi.ai/docs/api/errors. An empty account and an overload come with status 429, too. */
const kimiErrors: Readonly<Record<string, FailureType>> = {
  ...sameFor('provider_authentication', ['invalid_authentication_error', 'incorrect_api_key_error']),
  permission_denied_error: 'provider_authentication',
  exceeded_current_quota_error: 'provider_quota',
  rate_limit_reached_error: 'provider_rate_limit',
  engine_overloaded_error: 'provider_unavailable',
  content_filter: 'model_refusal',
  ...sameFor('provider_request', ['invalid_request_error', 'resource_not_found_error']),
};

function sameFor(type: FailureType, names: readonly (string | number)[]): Readonly<Record<string, FailureType>> {
  return Object.fromEntries(names.map((name) => [String(name), type]));
}

/**
 * Address, fields and finish reasons: https://docs.z.ai/api-reference/llm/chat-completion. JSON mode has no schema. The tool
 * `web_search` lets the model search, and `require_search` makes it. Models before 5.3 think unless `thinking` is disabled;
 * 5.3 always does, as much as `reasoning_effort` says (low, high, max).
 */
const glmDialect: Dialect = {
  ...commonDialect,
  webSearch: (need) => ({
    type: 'web_search',
    web_search: {
      enable: true,
      search_engine: 'search_pro_jina',
      search_result: true,
      require_search: need === 'required',
    },
  }),
  thinking: (model, { reasoningEffort: effort }) => {
    if (effort === null) return {};
    if (model.startsWith('glm-5.3')) return { reasoning_effort: lowHighMax(effort) };
    return { thinking: { type: effort === 'none' ? 'disabled' : 'enabled' } };
  },
  errors: glmErrors,
};

/**
 * Address and fields: https://platform.kimi.ai/docs/api/chat. Its built-in search is a function that the client answers with
 * the arguments it was called with (https://platform.moonshot.ai/docs/guide/use-web-search); K2.6 must not think with it.
 * K3 always thinks, as much as `reasoning_effort` says (low, high, max); K2.7 Code always thinks and takes no such field
 * (https://platform.kimi.ai/docs/guide/use-reasoning-effort).
 */
const kimiDialect: Dialect = {
  ...commonDialect,
  webSearch: () => ({ type: 'builtin_function', function: { name: '$web_search' } }),
  echoedFunction: '$web_search',
  maxTokensField: 'max_completion_tokens',
  thinking: (model, { reasoningEffort: effort, webSearch }) => {
    if (model.startsWith('kimi-k2.6')) {
      if (effort === null && webSearch === undefined) return {};
      return { thinking: { type: effort === 'none' || webSearch !== undefined ? 'disabled' : 'enabled' } };
    }
    return effort === null || !model.startsWith('kimi-k3') ? {} : { reasoning_effort: lowHighMax(effort) };
  },
  errors: kimiErrors,
};

function lowHighMax(effort: 'none' | 'low' | 'medium' | 'high' | 'xhigh'): 'low' | 'high' | 'max' {
  if (effort === 'none' || effort === 'low') return 'low';
  return effort === 'xhigh' ? 'max' : 'high';
}

/** By the name that may stand before a model's. A settings entry with the same name changes parts of a preset. */
export const presets: Readonly<Record<string, Preset>> = {
  glm: {
    baseUrl: 'https://api.z.ai/api/paas/v4',
    keyVariable: 'ZAI_API_KEY',
    models: ['glm-5.3', 'glm-5.3-flash', 'glm-5.2', 'glm-5.1', 'glm-4.7'],
    attemptSeconds: defaultAttemptSeconds,
    dialect: glmDialect,
    listing: { providerId: 'zai' },
    // Those with a v take images, and glm-5.3-flash: https://docs.z.ai/guides/vlm/glm-5.3-flash.
    textOnly: /^glm-(?:4(?:\.\d+)?|5(?:\.[0-2])?)(?:-|$)/,
  },
  kimi: {
    baseUrl: 'https://api.moonshot.ai/v1',
    keyVariable: 'MOONSHOT_API_KEY',
    models: ['kimi-k3.1-pro', 'kimi-k3', 'kimi-k2.7-code', 'kimi-k2.6'],
    attemptSeconds: defaultAttemptSeconds,
    dialect: kimiDialect,
    listing: { providerId: 'moonshotai' },
    // All since K2.5 take images: https://platform.kimi.ai/docs/guide/use-kimi-vision-model.
    textOnly: /^(?:kimi-k2(?:-|$)|moonshot-v1-(?!.*vision))/,
  },
};
