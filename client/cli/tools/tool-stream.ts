/** Follows a call of a tool over the API: its progress comes as server-sent events, and then the result. */
import { EventSourceParserStream } from 'eventsource-parser/stream';
import { z } from 'zod';
import {
  ToolProgressSchema,
  ToolRequestViewSchema,
  type ToolProgress,
  type ToolRequestView,
} from '../../../workflows/contract/tools/tool-view.ts';
import { answerOf, type Api } from '../api/client.ts';
import { problemError } from '../api/connection.ts';
import { LostAnswer } from '../exit-codes.ts';

/** The one problem that comes after the beginning of a stream: there was no answer in time. */
const noAnswerStatus = 504;

export interface ToolStream {
  readonly name: string;
  readonly input: Record<string, unknown>;
  readonly idempotencyKey: string | undefined;
  readonly onProgress: (progress: ToolProgress) => void;
  /** Aborted to hear no more. The request itself goes on. */
  readonly signal?: AbortSignal;
}

/** Throws `LostAnswer` when the stream ends before the result: the same key follows the same request again. */
export async function followCall(
  api: Api,
  { name, input, idempotencyKey, onProgress, signal }: ToolStream,
): Promise<ToolRequestView> {
  const header = {
    accept: 'text/event-stream',
    ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
  };
  const params = { path: { name }, header };
  const sent = { params, body: input, parseAs: 'stream', ...(signal === undefined ? {} : { signal }) } as const;
  const body = await answerOf(api.POST('/v1/tools/{name}', sent));
  const events = z.instanceof(ReadableStream).parse(body).pipeThrough(new TextDecoderStream());
  for await (const { event, data } of events.pipeThrough(new EventSourceParserStream())) {
    if (event === 'progress') onProgress(ToolProgressSchema.parse(JSON.parse(data)));
    if (event === 'problem') throw problemError(noAnswerStatus, data);
    if (event === 'result') return ToolRequestViewSchema.parse(JSON.parse(data));
  }
  const advice = 'Call again with the same --idempotency-key to get its result.';
  throw new LostAnswer(`The answer broke off before the result. ${advice}`);
}
