/**
 * The model port over OpenAI's Responses API: in background mode, where a call has an id before it is paid for; or, for
 * a provider without it, in one request, of which a crash can lose the current one.
 */
import OpenAI from 'openai';
import type { ResponseCreateParamsNonStreaming, ResponseInputItem, Tool } from 'openai/resources/responses/responses';
import { z } from 'zod';
import { ToolActionSchema } from '../computer-use/actions.ts';
import type {
  ComputerCall,
  FunctionTool,
  Model,
  ModelInput,
  ModelRequest,
  ModelResponse,
  ModelStatus,
} from '../ports.ts';
import { failure } from '../failure.ts';
import { boundedList } from './bounded-list.ts';
import { createOpenAiClient, requestTimeoutMilliseconds } from './openai-client.ts';
import { classifyOpenAiError } from './openai-errors.ts';
import { beginStreamed } from './openai-stream.ts';
import { callKeyName, type CallNames } from './provider-event-lookup.ts';
import { costOf, type Prices } from './prices.ts';
import { checkRepeatedParts } from './openai-repeated-parts.ts';
import { cutText } from '../../workflows/contract/cut-text.ts';

/** Time limit of a request that waits for the whole answer. */
const answerTimeoutMilliseconds = 10 * 60_000;

export function createOpenAiModel(settings: {
  readonly apiKey: string;
  readonly baseUrl: string | undefined;
  readonly prices: Prices;
  readonly connections?: number;
  /** Whether the provider has background responses; yes by default. */
  readonly background?: boolean;
  /** Called with the provider's limits from the headers of a new response. */
  readonly onLimits?: (model: string, headers: Headers) => void;
}): Model & CallNames {
  const client = createOpenAiClient(settings);
  return {
    async create(request, signal) {
      costOf([request.model], { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0 }, settings.prices);
      const parameters = toParameters(request);
      checkRepeatedParts(parameters);
      try {
        if (settings.background === false) {
          const timeout = request.timeoutMilliseconds ?? answerTimeoutMilliseconds;
          const whole = { ...parameters, background: false };
          const { data, response } = await client.responses.create(whole, { timeout, signal }).withResponse();
          settings.onLimits?.(request.model, response.headers);
          return readResponse(data, request.model, settings.prices);
        }
        const timeout = request.timeoutMilliseconds ?? requestTimeoutMilliseconds;
        const { first, ended, received, close, headers } = await beginStreamed(client, parameters, timeout, signal);
        settings.onLimits?.(request.model, headers);
        const readEnd = async (): Promise<ModelResponse | null> => {
          const raw = await ended;
          return raw === null ? null : readResponse(raw, request.model, settings.prices);
        };
        // A response that cannot be parsed is fetched by its id, where the same problem is reported.
        return {
          ...readResponse(first, request.model, settings.prices),
          stream: { ended: readEnd().catch(() => null), received, close },
        };
      } catch (error) {
        throw classifyOpenAiError(error, settings.apiKey, signal);
      }
    },
    async retrieve(id, model, signal, timeout = requestTimeoutMilliseconds) {
      try {
        return readResponse(await client.responses.retrieve(id, {}, { signal, timeout }), model, settings.prices);
      } catch (error) {
        throw classifyOpenAiError(error, settings.apiKey, signal);
      }
    },
    async cancel(id, timeout = requestTimeoutMilliseconds) {
      try {
        await client.responses.cancel(id, { timeout });
      } catch (error) {
        throw classifyOpenAiError(error, settings.apiKey);
      }
    },
    async callOf(id, signal) {
      try {
        const { metadata } = await client.responses.retrieve(id, {}, { signal });
        return metadata?.[callKeyName] ?? null;
      } catch (error) {
        if (error instanceof OpenAI.NotFoundError) return null;
        throw classifyOpenAiError(error, settings.apiKey, signal);
      }
    },
  };
}

/** Builds the API's request for a response. */
export function toParameters(request: ModelRequest): ResponseCreateParamsNonStreaming {
  const { computer, outputSchema } = request;
  const tools: Tool[] = [
    ...(computer === null ? [] : [toTool(computer)]),
    ...(request.functions ?? []).map(toFunctionTool),
    ...(request.webSearch === undefined ? [] : [{ type: 'web_search' as const }]),
  ];
  const preview = computer?.tool === 'computer_use_preview';
  return {
    model: request.model,
    background: true,
    store: true,
    instructions: request.instructions ?? null,
    input: [...(request.previousResponseId === null ? (request.earlier ?? []) : []), ...request.input].map(toInputItem),
    previous_response_id: request.previousResponseId,
    ...(request.callKey === undefined ? {} : { metadata: { [callKeyName]: request.callKey } }),
    ...(tools.length === 0 ? {} : { tools }),
    ...(request.webSearch === 'required' ? { tool_choice: 'required' as const } : {}),
    ...(preview ? { truncation: 'auto' as const } : {}),
    ...(outputSchema === null
      ? {}
      : {
          text: {
            format: { type: 'json_schema' as const, name: 'output', schema: { ...outputSchema }, strict: false },
          },
        }),
    ...(request.reasoningEffort === null ? {} : { reasoning: { effort: request.reasoningEffort } }),
    ...(request.maxOutputTokens === null ? {} : { max_output_tokens: request.maxOutputTokens }),
  };
}

function toTool(computer: NonNullable<ModelRequest['computer']>): Tool {
  if (computer.tool === 'computer') return { type: 'computer' };
  return {
    type: 'computer_use_preview',
    display_width: computer.width,
    display_height: computer.height,
    environment: 'browser',
  };
}

function toFunctionTool({ name, description, parameters }: FunctionTool): Tool {
  return { type: 'function', name, description, parameters: { ...parameters }, strict: true };
}

function toInputItem(input: ModelInput): ResponseInputItem {
  if (input.type === 'text') return { role: 'user', content: contentOf(input) };
  if (input.type === 'answer') return { role: 'assistant', content: input.text };
  if (input.type === 'function_result') return toFunctionOutput(input);
  return {
    type: 'computer_call_output',
    call_id: input.callId,
    output: { type: 'computer_screenshot', image_url: input.imageUrl },
    acknowledged_safety_checks: input.acknowledgedSafetyChecks.map((check) => ({ ...check })),
  };
}

function contentOf({ text, images = [] }: Extract<ModelInput, { type: 'text' }>) {
  if (images.length === 0) return text;
  const pictures = images.map((url) => ({ type: 'input_image' as const, image_url: url, detail: 'auto' as const }));
  return [{ type: 'input_text' as const, text }, ...pictures];
}

function toFunctionOutput({ callId, text, imageUrl }: Extract<ModelInput, { type: 'function_result' }>) {
  return {
    type: 'function_call_output' as const,
    call_id: callId,
    output:
      imageUrl === null
        ? text
        : [
            { type: 'input_text' as const, text },
            // Coordinates are in the picture's pixels, so it must not be scaled.
            { type: 'input_image' as const, image_url: imageUrl, detail: 'original' as const },
          ],
  };
}

/** The most items of a list in an answer: each is parsed on the event loop. */
const mostItems = 2000;

// Provider data is parsed leniently: only the fields that are used, and unknown ones pass.
const SafetyCheckSchema = z.object({
  id: z.string(),
  code: z
    .string()
    .nullish()
    .transform((code) => code ?? null),
  message: z
    .string()
    .nullish()
    .transform((message) => message ?? null),
});
const ComputerCallSchema = z.object({
  type: z.literal('computer_call'),
  call_id: z.string(),
  action: z.unknown().optional(),
  actions: z.array(z.unknown()).max(mostItems).nullish(),
  pending_safety_checks: boundedList(SafetyCheckSchema, mostItems).nullish(),
});
const FunctionCallSchema = z.object({
  type: z.literal('function_call'),
  call_id: z.string(),
  name: z.string(),
  arguments: z.string(),
});
const MessageSchema = z.object({
  type: z.literal('message'),
  content: boundedList(
    z.looseObject({ type: z.string(), text: z.string().optional(), refusal: z.string().optional() }),
    mostItems,
  ),
});
const IdentifiedSchema = z.looseObject({ id: z.string().min(1) });
/** An item that arrives twice with the same id counts once. */
const OutputSchema = z
  .array(z.unknown())
  .max(mostItems)
  .transform((items) => {
    const seen = new Set<string>();
    return items.filter((item) => {
      if (!IdentifiedSchema.safeParse(item).success) return true;
      const whole = JSON.stringify(item);
      return !seen.has(whole) && seen.add(whole);
    });
  });
const ResponseSchema = z.object({
  // No response could be fetched with another form of id: it becomes part of a path.
  id: z.string().regex(/^\w[\w.:-]*$/),
  model: z.string(),
  status: z.enum(['completed', 'failed', 'in_progress', 'cancelled', 'queued', 'incomplete']).optional(),
  output: OutputSchema,
  error: z.object({ code: z.string(), message: z.string() }).nullish(),
  incomplete_details: z.object({ reason: z.string().optional() }).nullish(),
  usage: z
    .object({
      input_tokens: z.number(),
      output_tokens: z.number(),
      input_tokens_details: z.object({ cached_tokens: z.number().optional() }).optional(),
    })
    .nullish(),
});

/** Parses a response of the API. Throws `provider_unavailable` for one that cannot be parsed. */
export function readResponse(raw: unknown, requested: string, prices: Prices): ModelResponse {
  const reading = ResponseSchema.safeParse(raw);
  if (!reading.success) {
    const what = cutText(z.prettifyError(reading.error), 300);
    throw failure('provider_unavailable', `the model provider's answer could not be read: ${what}`, {
      perhapsPaid: true,
    });
  }
  const response = reading.data;
  const contents = response.output.flatMap((item) => MessageSchema.safeParse(item).data?.content ?? []);
  const counts = {
    inputTokens: response.usage?.input_tokens ?? 0,
    cachedInputTokens: response.usage?.input_tokens_details?.cached_tokens ?? 0,
    outputTokens: response.usage?.output_tokens ?? 0,
  };
  return {
    id: response.id,
    status: statusOf(response.status),
    text: contents.map((content) => content.text ?? '').join(''),
    refusal: contents.find((content) => content.refusal !== undefined)?.refusal ?? null,
    computerCalls: response.output.flatMap((item) => {
      const call = ComputerCallSchema.safeParse(item);
      return call.success ? [toCall(call.data)] : [];
    }),
    functionCalls: response.output.flatMap((item) => {
      const call = FunctionCallSchema.safeParse(item);
      return call.success ? [{ callId: call.data.call_id, name: call.data.name, arguments: call.data.arguments }] : [];
    }),
    usage: { modelCalls: 1, ...counts, costUsd: costOf([response.model, requested], counts, prices) },
    problem:
      response.error ??
      (response.incomplete_details === null || response.incomplete_details === undefined
        ? null
        : { code: 'incomplete', message: response.incomplete_details.reason ?? 'the answer was cut' }),
  };
}

function statusOf(status: z.infer<typeof ResponseSchema>['status']): ModelStatus {
  return status === 'queued' || status === 'in_progress' ? 'pending' : (status ?? 'completed');
}

function toCall(call: z.infer<typeof ComputerCallSchema>): ComputerCall {
  const raw = call.actions ?? (call.action === undefined ? [] : [call.action]);
  return {
    callId: call.call_id,
    actions: raw.map((action) => {
      const parsed = ToolActionSchema.safeParse(action);
      return parsed.success ? parsed.data : { type: 'unknown', described: cutText(JSON.stringify(action), 200) };
    }),
    safetyChecks: call.pending_safety_checks ?? [],
  };
}
