/**
 * The body of `POST /v1/chat/completions`, converted to a request of the Responses API, so that both forms have the same
 * brain, faults and journal. Fields that are not needed here are ignored.
 */
import { z } from 'zod';
import { invalidRequest } from '../http/api-error.ts';
import { check } from '../check.ts';
import { readRequest, type CreateRequest } from '../responses/request.ts';

/** The name of Kimi's built-in search. */
export const searchFunction = '$web_search';

const CallSchema = z.looseObject({
  id: z.string(),
  function: z.looseObject({ name: z.string(), arguments: z.string() }),
});
const PartSchema = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('text'), text: z.string() }),
  z.looseObject({ type: z.literal('image_url'), image_url: z.looseObject({ url: z.string() }) }),
]);
const MessageSchema = z.looseObject({
  role: z.enum(['system', 'developer', 'user', 'assistant', 'tool']),
  content: z.union([z.string(), z.array(PartSchema)]).nullish(),
  tool_calls: z.array(CallSchema).nullish(),
  tool_call_id: z.string().optional(),
});
type Message = z.infer<typeof MessageSchema>;
const ToolSchema = z.looseObject({
  type: z.string(),
  function: z.looseObject({ name: z.string() }).optional(),
});
const ChatSchema = z.looseObject({
  model: z.string(),
  messages: z.array(MessageSchema).min(1),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  response_format: z
    .looseObject({
      type: z.string(),
      json_schema: z.looseObject({ name: z.string(), schema: z.record(z.string(), z.unknown()) }).optional(),
    })
    .nullish(),
  tools: z.array(ToolSchema).nullish(),
  max_tokens: z.number().int().min(1).nullish(),
  max_completion_tokens: z.number().int().min(1).nullish(),
});

export interface ChatRequest {
  readonly create: CreateRequest;
  readonly stream: boolean;
  readonly includeUsage: boolean;
  /** Whether the answer is a call of Kimi's search: it is offered, and the conversation has no result of it. */
  readonly searchesFirst: boolean;
  /** Whether GLM's search is on: its results come with the answer. */
  readonly hasSearchResults: boolean;
}

export function readChatRequest(raw: unknown): ChatRequest {
  const body = check(ChatSchema, raw ?? {});
  const { messages } = body;
  const tools = body.tools ?? [];
  checkToolMessages(messages);
  const instructions = messages
    .filter(({ role }) => role === 'system' || role === 'developer')
    .map(({ content }) => (typeof content === 'string' ? content : ''))
    .join('\n\n');
  const heard = messages.filter(({ role, content }) => (role === 'user' || role === 'assistant') && content);
  const isSearchOffered = tools.some(
    (tool) => tool.type === 'builtin_function' && tool.function?.name === searchFunction,
  );
  const limit = body.max_completion_tokens ?? body.max_tokens ?? null;
  return {
    create: readRequest({
      model: body.model,
      instructions,
      input: heard.map(({ role, content }) => ({
        role,
        content: typeof content === 'string' ? content : (content ?? []).map(toPart),
      })),
      store: false,
      text: { format: formatOf(body.response_format, instructions) },
      // The Responses API refuses less.
      ...(limit === null ? {} : { max_output_tokens: Math.max(16, limit) }),
    }),
    stream: body.stream ?? false,
    includeUsage: body.stream_options?.include_usage ?? false,
    searchesFirst: isSearchOffered && !messages.some(({ role }) => role === 'tool'),
    hasSearchResults: tools.some(({ type }) => type === 'web_search'),
  };
}

/** A part of a message in the form of the Responses API. */
function toPart(part: z.infer<typeof PartSchema>): Readonly<Record<string, string>> {
  return part.type === 'text'
    ? { type: 'input_text', text: part.text }
    : { type: 'input_image', image_url: part.image_url.url };
}

/** Each result answers a call, and Kimi's search wants its own arguments back. */
function checkToolMessages(messages: readonly Message[]): void {
  const calls = messages.flatMap((message) => message.tool_calls ?? []);
  for (const message of messages) {
    if (message.role !== 'tool') continue;
    const call = calls.find(({ id }) => id === message.tool_call_id);
    if (call === undefined) throw invalidRequest(`tool_call_id ${message.tool_call_id} is not found`, 'messages');
    if (call.function.name === searchFunction && call.function.arguments !== message.content) {
      throw invalidRequest(`${searchFunction} needs its own arguments as its result`, 'messages');
    }
  }
}

function formatOf(
  format: z.infer<typeof ChatSchema>['response_format'],
  instructions: string,
): Readonly<Record<string, unknown>> {
  if (format?.type === 'json_schema' && format.json_schema !== undefined) {
    const { name, schema } = format.json_schema;
    return { type: 'json_schema', name, schema };
  }
  if (format?.type !== 'json_object') return { type: 'text' };
  // As the providers with this mode do.
  if (!/json/i.test(instructions)) throw invalidRequest("'messages' must contain the word 'json'.", 'messages');
  const schema = schemaIn(instructions);
  return schema === null ? { type: 'json_object' } : { type: 'json_schema', name: 'output', schema };
}

/** The JSON Schema that the instructions describe the answer with, as a model would find it: the last line of JSON. */
function schemaIn(instructions: string): Readonly<Record<string, unknown>> | null {
  const line = instructions.split('\n').findLast((text) => text.startsWith('{'));
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(line ?? ''));
  } catch {
    return null;
  }
}
