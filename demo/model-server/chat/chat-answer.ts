/** An ended response in the form of a chat completion, whole or in chunks. */
import { newId } from '../ids.ts';
import type { MessageItem } from '../responses/output-items.ts';
import type { ResponseObject } from '../responses/response-object.ts';
import { searchFunction, type ChatRequest } from './chat-request.ts';

export type ChatChunk = Readonly<Record<string, unknown>>;

const deltaCharacters = 24;

export function chatCompletion(object: ResponseObject, request: ChatRequest): ChatChunk {
  const { content, refusal, toolCalls } = messageOf(object, request);
  return {
    ...headOf(object, 'chat.completion'),
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content, refusal, ...(toolCalls === null ? {} : { tool_calls: toolCalls }) },
        finish_reason: finishOf(object, request),
      },
    ],
    usage: usageOf(object),
    ...searchResults(request),
  };
}

/** The first chunk comes before the response has ended, as a provider sends it. */
export async function* chatChunks(
  response: { readonly object: ResponseObject; readonly ended: Promise<void> },
  request: ChatRequest,
): AsyncGenerator<ChatChunk> {
  const chunk = (delta: ChatChunk, finish: string | null = null): ChatChunk => ({
    ...headOf(response.object, 'chat.completion.chunk'),
    choices: [{ index: 0, delta, finish_reason: finish }],
  });
  yield chunk({ role: 'assistant', content: '' });
  await response.ended;
  const { object } = response;
  if (object.status === 'failed') {
    yield { error: { ...object.error, type: 'server_error' } };
    return;
  }
  const { content, refusal, toolCalls } = messageOf(object, request);
  for (let start = 0; start < content.length; start += deltaCharacters) {
    yield chunk({ content: content.slice(start, start + deltaCharacters) });
  }
  if (refusal !== null) yield chunk({ refusal });
  for (const [index, call] of (toolCalls ?? []).entries()) {
    const half = Math.ceil(call.function.arguments.length / 2);
    const { name, arguments: whole } = call.function;
    yield chunk({ tool_calls: [{ ...call, index, function: { name, arguments: whole.slice(0, half) } }] });
    yield chunk({ tool_calls: [{ index, function: { arguments: whole.slice(half) } }] });
  }
  yield { ...chunk({}, finishOf(object, request)), ...searchResults(request) };
  if (request.includeUsage) {
    yield { ...headOf(object, 'chat.completion.chunk'), choices: [], usage: usageOf(object) };
  }
}

function headOf({ id, created_at: created, model }: ResponseObject, object: string): ChatChunk {
  return { id: id.replace(/^resp/, 'chatcmpl'), object, created, model };
}

function messageOf({ output }: ResponseObject, { searchesFirst }: ChatRequest) {
  if (searchesFirst) {
    const search = { search_result: { search_id: newId('item') }, usage: { total_tokens: 0 } };
    const call = { name: searchFunction, arguments: JSON.stringify(search) };
    return { content: '', refusal: null, toolCalls: [{ id: newId('call'), type: 'builtin_function', function: call }] };
  }
  const messages = new Map(
    output.flatMap((item): readonly [string, MessageItem][] => (item.type === 'message' ? [[item.id, item]] : [])),
  );
  const parts = [...messages.values()].flatMap(({ content }) => content);
  const refused = parts.find((part) => part.type === 'refusal');
  return {
    content: parts.map((part) => (part.type === 'output_text' ? part.text : '')).join(''),
    refusal: refused === undefined ? null : refused.refusal,
    toolCalls: null,
  };
}

function finishOf({ status, incomplete_details: details }: ResponseObject, { searchesFirst }: ChatRequest): string {
  if (searchesFirst) return 'tool_calls';
  if (status !== 'incomplete') return 'stop';
  return details?.reason === 'content_filter' ? 'content_filter' : 'length';
}

function usageOf({ usage }: ResponseObject): ChatChunk {
  return {
    prompt_tokens: usage?.input_tokens ?? 0,
    completion_tokens: usage?.output_tokens ?? 0,
    total_tokens: usage?.total_tokens ?? 0,
    prompt_tokens_details: { cached_tokens: usage?.input_tokens_details.cached_tokens ?? 0 },
  };
}

function searchResults({ hasSearchResults }: ChatRequest): ChatChunk {
  const found = { title: 'A page', link: 'https://example.com/', content: 'What the page says.', refer: 'ref_1' };
  return hasSearchResults ? { web_search: [found] } : {};
}
