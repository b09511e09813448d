/**
 * The model port over the chat completions of OpenAI-compatible endpoints. A call is one request that brings the whole answer:
 * the provider keeps nothing that could be fetched later. A request is never repeated here; Temporal does that.
 */
import { ApplicationFailure } from '@temporalio/common';
import OpenAI from 'openai';
import { knownFailureType, failure } from '../../failure.ts';
import type { Model, ModelRequest, ModelResponse } from '../../ports.ts';
import { costOf, type PriceListing, type Prices } from '../prices.ts';
import { fetchAnswer } from '../provider-fetch.ts';
import { toResponse } from './chat-answer.ts';
import { classifyChatError } from './chat-errors.ts';
import { echoOf, toChatBody } from './chat-request.ts';
import { readChat, type ChatAnswer, type ChatUsage, type StreamLimits } from './chat-stream.ts';
import type { Dialect } from './dialect.ts';

/** A stream may be silent for half of the attempt, and for a minute at most. */
const longestSilenceMilliseconds = 60_000;
/** How often a model may call a function that the provider runs before it must answer. */
const mostEchoes = 5;

export interface ChatSettings {
  /** The provider's name in messages. */
  readonly name: string;
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly dialect: Dialect;
  /** Whether answers are streamed, or come in one piece. */
  readonly isStreamed: boolean;
  /** The time limit of a call that has none of its own. */
  readonly attemptMilliseconds: number;
  readonly prices: Prices;
  readonly listings: readonly PriceListing[];
  /** Called with the provider's limits from the headers of a response. */
  readonly onLimits?: (model: string, headers: Headers) => void;
}

export function createChatModel(settings: ChatSettings): Model {
  const client = new OpenAI({
    apiKey: settings.apiKey,
    baseURL: settings.baseUrl,
    maxRetries: 0,
    fetch: fetchAnswer,
    // The package would write what it cannot read, which is a stranger's text, to standard error.
    logLevel: 'off',
  });
  return {
    create: (request, signal) => create(settings, client, request, signal),
    retrieve: async () => {
      throw failure('provider_request', `the provider ${settings.name} keeps no responses that could be fetched`);
    },
    // The connection is the call: it ends with the signal of `create`.
    cancel: async () => undefined,
    keepsResponses: () => false,
  };
}

async function create(
  settings: ChatSettings,
  client: OpenAI,
  request: ModelRequest,
  signal: AbortSignal | undefined,
): Promise<ModelResponse> {
  const price = (models: readonly string[], usage: ChatUsage) =>
    costOf(models, usage, settings.prices, settings.listings);
  // An unknown price is found out before anything is paid.
  price([request.model], { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0 });
  const body = toChatBody(request, settings);
  const began = Date.now();
  const limits = limitsOf(settings, request);
  const messages = [...body.messages];
  let spent = { modelCalls: 0, inputTokens: 0, cachedInputTokens: 0, outputTokens: 0, costUsd: 0 };
  for (;;) {
    const sent = { ...body, messages };
    // Once a request of the call was answered, the rest of the stream's time is left for the others.
    const first = spent.modelCalls === 0 ? limits.firstMilliseconds : limits.wholeMilliseconds;
    const left = (milliseconds: number): number => Math.max(1, began + milliseconds - Date.now());
    const answer = await ask(settings, client, sent, {
      firstMilliseconds: left(first),
      wholeMilliseconds: left(limits.wholeMilliseconds),
      silenceMilliseconds: limits.silenceMilliseconds,
      signal,
      onReceived: request.onReceived,
    }).catch((error: unknown) => {
      throw spent.modelCalls === 0 ? error : afterPayment(error);
    });
    const used = answer.usage ?? mostUsage(sent, answer);
    spent = {
      modelCalls: spent.modelCalls + 1,
      inputTokens: spent.inputTokens + used.inputTokens,
      cachedInputTokens: spent.cachedInputTokens + used.cachedInputTokens,
      outputTokens: spent.outputTokens + used.outputTokens,
      costUsd: spent.costUsd + price(answer.model === null ? [request.model] : [answer.model, request.model], used),
    };
    const isEchoed =
      request.webSearch !== undefined &&
      answer.toolCalls.length > 0 &&
      answer.toolCalls.every(({ name }) => name === settings.dialect.echoedFunction);
    if (!isEchoed || spent.modelCalls > mostEchoes) return toResponse(answer, spent);
    messages.push(...echoOf(answer));
  }
}

function limitsOf(
  settings: ChatSettings,
  { timeoutMilliseconds, streamLimits }: ModelRequest,
): Omit<StreamLimits, 'signal' | 'onReceived'> {
  const firstMilliseconds = timeoutMilliseconds ?? settings.attemptMilliseconds;
  const silenceMilliseconds = Math.min(longestSilenceMilliseconds, firstMilliseconds / 2);
  return { firstMilliseconds, wholeMilliseconds: firstMilliseconds, silenceMilliseconds, ...streamLimits };
}

async function ask(
  settings: ChatSettings,
  client: OpenAI,
  body: { readonly model: string },
  limits: StreamLimits,
): Promise<ChatAnswer> {
  try {
    return await readChat(async (signal) => {
      const options = { body, signal, timeout: limits.firstMilliseconds };
      const path = '/chat/completions';
      const { data, response } = settings.isStreamed
        ? await client.post<AsyncIterable<unknown>>(path, { ...options, stream: true }).withResponse()
        : await client.post<unknown>(path, options).withResponse().then(inOnePiece);
      settings.onLimits?.(body.model, response.headers);
      return data;
    }, limits);
  } catch (error) {
    throw classifyChatError(error, settings.dialect.errors, settings.apiKey);
  }
}

/** A whole completion is read as a stream of one chunk. */
function inOnePiece({ data, response }: { readonly data: unknown; readonly response: Response }) {
  return { data: ReadableStream.from([data]), response };
}

/** The failure of a request that followed paid ones of the same call. */
function afterPayment(error: unknown): unknown {
  if (!(error instanceof ApplicationFailure)) return error;
  const type = knownFailureType(error);
  const { nextRetryDelay } = error;
  const retryAfterMilliseconds = typeof nextRetryDelay === 'number' ? nextRetryDelay : undefined;
  return type === undefined
    ? error
    : failure(type, error.message, { perhapsPaid: true, retryAfterMilliseconds, cause: error });
}

/** More than any provider counts for one: the bytes of an image say nothing about its tokens. */
const mostTokensAnImage = 20_000;

/** The most that a call can have used when the provider does not say: no token is shorter than a byte. */
function mostUsage(body: unknown, { text, reasoning, toolCalls }: ChatAnswer): ChatUsage {
  const answered = text + reasoning + JSON.stringify(toolCalls);
  let images = 0;
  const texts = JSON.stringify(body, (key, value: unknown) => {
    if (key !== 'image_url') return value;
    images += 1;
    return undefined;
  });
  return {
    inputTokens: Buffer.byteLength(texts) + images * mostTokensAnImage,
    cachedInputTokens: 0,
    outputTokens: Buffer.byteLength(answered),
  };
}
