/** What a chat completion means to the caller: each way in which it can end has its own outcome. */
import { randomUUID } from 'node:crypto';
import type { ModelResponse } from '../../ports.ts';
import type { ChatAnswer } from './chat-stream.ts';

type Outcome = Pick<ModelResponse, 'status' | 'refusal' | 'problem'>;

const complete: Outcome = { status: 'completed', refusal: null, problem: null };

function cut(message: string): Outcome {
  return { status: 'incomplete', refusal: null, problem: { code: 'incomplete', message } };
}

/** A failed response may be asked for again; its tokens are counted. */
function failed(code: string, message: string): Outcome {
  return { status: 'failed', refusal: null, problem: { code, message } };
}

export function outcomeOf({ finishReason, refusal, text, toolCalls }: ChatAnswer): Outcome {
  if (refusal !== null) return { ...complete, refusal };
  switch (finishReason) {
    case 'length':
      return cut('max_output_tokens');
    case 'model_context_window_exceeded':
      return cut('the context window of the model is full');
    case 'content_filter':
    // GLM: https://docs.z.ai/api-reference/llm/chat-completion.
    case 'sensitive':
      return { ...complete, refusal: "the provider's content filter stopped the answer" };
    case 'network_error':
      return failed('server_error', 'the provider reports that its model broke off');
  }
  const [call] = toolCalls;
  if (call !== undefined) {
    return failed('unasked_tool_call', `the model called ${call.name.slice(0, 100)}, which the request does not offer`);
  }
  return text === '' ? failed('empty_answer', 'the answer of the model is empty') : complete;
}

/** The response for an answer; `usage` is that of all requests that led to it. */
export function toResponse(answer: ChatAnswer, usage: ModelResponse['usage']): ModelResponse {
  return {
    id: answer.id ?? randomUUID(),
    ...outcomeOf(answer),
    text: answer.text,
    computerCalls: [],
    functionCalls: [],
    usage,
    isKept: false,
  };
}
