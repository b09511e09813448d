/** Builds the body of a chat completion from the model port's request. */
import type { JsonObject } from '../../../workflows/contract/json/json.ts';
import { failure } from '../../failure.ts';
import type { ModelInput, ModelRequest } from '../../ports.ts';
import type { ChatAnswer } from './chat-stream.ts';
import type { Dialect } from './dialect.ts';

export interface ChatProvider {
  readonly name: string;
  readonly dialect: Dialect;
  readonly isStreamed: boolean;
}

/** Throws `step_definition` for what this form of API cannot do. */
export function toChatBody(request: ModelRequest, provider: ChatProvider) {
  const { dialect, name, isStreamed } = provider;
  const { model, outputSchema, maxOutputTokens, webSearch } = request;
  if (request.computer !== null || (request.functions ?? []).length > 0) {
    throw failure('step_definition', `the provider ${name} has no computer use: take a model of OpenAI for it`);
  }
  if (request.previousResponseId !== null && request.earlier === undefined) {
    throw failure('step_definition', `the provider ${name} keeps no responses that could be continued`);
  }
  if (webSearch === 'required' && dialect.webSearch === null) {
    throw failure('step_definition', `the provider ${name} has no web search`);
  }
  const search = webSearch === undefined || dialect.webSearch === null ? null : dialect.webSearch(webSearch);
  const instructions = [
    request.instructions ?? '',
    webSearch === 'required' ? 'Search the web before you answer.' : '',
    outputSchema === null || dialect.json === 'schema' ? '' : jsonInstructions(outputSchema),
  ].filter((part) => part !== '');
  return {
    model,
    messages: [
      ...(instructions.length === 0 ? [] : [{ role: 'system', content: instructions.join('\n\n') }]),
      ...[...(request.earlier ?? []), ...request.input].map((input) => toMessage(input, name)),
    ],
    stream: isStreamed,
    ...(isStreamed ? { stream_options: { include_usage: true } } : {}),
    ...(search === null ? {} : { tools: [search] }),
    ...(outputSchema === null ? {} : formatOf(outputSchema, dialect.json)),
    ...(maxOutputTokens === null ? {} : { [dialect.maxTokensField]: maxOutputTokens }),
    ...dialect.thinking(model, request),
  };
}

function toMessage(input: ModelInput, provider: string): JsonObject {
  if (input.type === 'text') return { role: 'user', content: contentOf(input) };
  if (input.type === 'answer') return { role: 'assistant', content: input.text };
  throw failure('step_definition', `the provider ${provider} takes no input of the kind ${input.type}`);
}

/** Plain text where there are no pictures: many servers take nothing else. */
function contentOf({ text, images = [] }: Extract<ModelInput, { type: 'text' }>): string | JsonObject[] {
  if (images.length === 0) return text;
  return [...images.map((url) => ({ type: 'image_url', image_url: { url } })), { type: 'text', text }];
}

/** The same for every call of a schema, so that the provider can cache it. */
function jsonInstructions(schema: JsonObject): string {
  return `Answer with JSON alone, without a code fence, that fits this JSON Schema:\n${JSON.stringify(schema)}`;
}

function formatOf(schema: JsonObject, json: Dialect['json']): JsonObject {
  if (json === 'prompt') return {};
  if (json === 'object') return { response_format: { type: 'json_object' } };
  return { response_format: { type: 'json_schema', json_schema: { name: 'output', schema, strict: false } } };
}

/**
 * The messages that follow calls of a function which the provider runs itself: the calls, and each one's arguments as its
 * result. A model that thinks gets its thoughts back with them.
 */
export function echoOf({ text, reasoning, toolCalls }: ChatAnswer): readonly JsonObject[] {
  return [
    {
      role: 'assistant',
      content: text,
      ...(reasoning === '' ? {} : { reasoning_content: reasoning }),
      tool_calls: toolCalls.map((call) => ({
        id: call.id,
        type: call.type,
        function: { name: call.name, arguments: call.arguments },
      })),
    },
    ...toolCalls.map((call) => ({ role: 'tool', tool_call_id: call.id, name: call.name, content: call.arguments })),
  ];
}
