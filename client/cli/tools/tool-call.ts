/** Calls a tool and shows its progress, which comes as server-sent events, until the result. */
import { EventSourceParserStream } from 'eventsource-parser/stream';
import { z } from 'zod';
import {
  ToolProgressSchema,
  ToolRequestViewSchema,
  type ToolProgress,
  type ToolRequestView,
} from '../../../workflows/contract/tools/tool-view.ts';
import { answerOf, type Api } from '../api/client.ts';
import { CommandError, exitCodes } from '../exit-codes.ts';
import { createStatusLine } from '../progress/status-line.ts';

export async function callTool(
  api: Api,
  name: string,
  input: Record<string, unknown>,
  idempotencyKey: string | undefined,
): Promise<ToolRequestView> {
  const header = {
    accept: 'text/event-stream',
    ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
  };
  const params = { path: { name }, header };
  const body = await answerOf(api.POST('/v1/tools/{name}', { params, body: input, parseAs: 'stream' }));
  const status = createStatusLine({ plain: false });
  try {
    const events = z.instanceof(ReadableStream).parse(body).pipeThrough(new TextDecoderStream());
    for await (const { event, data } of events.pipeThrough(new EventSourceParserStream())) {
      if (event === 'progress') status.show(progressText(ToolProgressSchema.parse(JSON.parse(data))));
      if (event === 'result') return ToolRequestViewSchema.parse(JSON.parse(data));
    }
  } finally {
    status.end();
  }
  const advice = 'Call again with the same --idempotency-key to get its result.';
  throw new CommandError(`The answer broke off before the result. ${advice}`, exitCodes.apiUnreachable);
}

function progressText({ id, phase, place, secondsUsed, secondsLeft, tokens }: ToolProgress): string {
  return [
    id,
    place === null ? phase : `waits for a worker, place ${place}`,
    `${secondsUsed.toFixed(0)} s${secondsLeft === null ? '' : `, ${secondsLeft.toFixed(0)} s left`}`,
    ...(tokens > 0 ? [`${tokens} tokens`] : []),
  ].join('  ·  ');
}
