/** The `response` object of the API. */
import type { ToolDefinition } from '../brains/brain.ts';
import { newId } from '../ids.ts';
import type { OutputItem } from './output-items.ts';
import type { CreateRequest } from './request.ts';
import type { Usage } from './usage.ts';

export type ResponseStatus = 'queued' | 'in_progress' | 'completed' | 'failed' | 'cancelled' | 'incomplete';

export interface ResponseObject {
  readonly id: string;
  readonly object: 'response';
  readonly created_at: number;
  readonly completed_at: number | null;
  readonly status: ResponseStatus;
  readonly background: boolean;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly incomplete_details: { readonly reason: string } | null;
  readonly instructions: string | null;
  readonly max_output_tokens: number | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly model: string;
  readonly output: readonly OutputItem[];
  readonly parallel_tool_calls: boolean;
  readonly previous_response_id: string | null;
  readonly store: boolean;
  readonly temperature: number;
  readonly text: Readonly<Record<string, unknown>>;
  readonly tool_choice: string;
  readonly tools: readonly ToolDefinition[];
  readonly top_p: number;
  readonly truncation: 'auto' | 'disabled';
  readonly usage: Usage | null;
}

/** The fields that change at the end of a response. */
export interface ResponseEnd extends Pick<
  ResponseObject,
  'completed_at' | 'output' | 'error' | 'incomplete_details' | 'usage'
> {
  readonly status: Exclude<ResponseStatus, 'queued' | 'in_progress'>;
}

/** An end without an answer. */
export const endedWithNothing = {
  completed_at: null,
  output: [],
  error: null,
  incomplete_details: null,
  usage: null,
} as const;

/** The fields that identify a response. */
export interface Identity {
  readonly id: string;
  readonly createdAt: number;
}

export function newIdentity(): Identity {
  return { id: newId('resp'), createdAt: nowInSeconds() };
}

export function newResponse(request: CreateRequest, { id, createdAt }: Identity): ResponseObject {
  return {
    id,
    object: 'response',
    created_at: createdAt,
    completed_at: null,
    status: request.background ? 'queued' : 'in_progress',
    background: request.background,
    error: null,
    incomplete_details: null,
    instructions: request.instructions,
    max_output_tokens: request.maxOutputTokens,
    metadata: request.metadata,
    model: request.model,
    output: [],
    parallel_tool_calls: true,
    previous_response_id: request.previousResponseId,
    store: request.store,
    temperature: 1,
    text: request.text,
    tool_choice: 'auto',
    tools: request.tools,
    top_p: 1,
    truncation: request.truncation,
    usage: null,
  };
}

export function isEnded({ status }: ResponseObject): boolean {
  return status !== 'queued' && status !== 'in_progress';
}

export function nowInSeconds(): number {
  return Math.floor(Date.now() / 1000);
}
