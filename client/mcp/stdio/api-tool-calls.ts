/**
 * Calls of tools through the running API. A call has a key of its own, so one whose connection breaks is followed again and
 * is not made twice.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { ToolProgress, ToolRequestView } from '../../../workflows/contract/tools/tool-view.ts';
import type { Api } from '../../cli/api/client.ts';
import { CommandError, exitCodes, LostAnswer } from '../../cli/exit-codes.ts';
import { followCall } from '../../cli/tools/tool-stream.ts';
import { ToolCallFailed, type ToolCalls, type ToolOrder } from '../tool-calls.ts';

/** The API tells of a request every five seconds. After this long without a word the connection counts as lost. */
const silenceMilliseconds = 20_000;
/** So long a lost connection is tried again, within the request's own limit. */
const returnMilliseconds = 20_000;
const betweenMilliseconds = 500;

/** What is known of a request under way. */
interface Known {
  id: string | null;
  /** When its limit ends, or the API must be back. */
  lastReturn: number;
}

export function createApiToolCalls(api: Api): ToolCalls {
  return {
    async call(order) {
      const key = randomUUID();
      const known: Known = { id: null, lastReturn: 0 };
      for (;;) {
        try {
          return await follow(api, order, key, known);
        } catch (error) {
          if (order.signal.aborted || !canReturn(error, known)) throw failure(order.tool, error, known);
          await delay(betweenMilliseconds);
        }
      }
    },
  };
}

/** Whether the request was accepted, and only the connection is gone. */
function canReturn(error: unknown, { id, lastReturn }: Known): boolean {
  return isConnectionError(error) && (id !== null || error instanceof LostAnswer) && performance.now() < lastReturn;
}

function isConnectionError(error: unknown): boolean {
  return !(error instanceof CommandError) || error.exitCode === exitCodes.apiUnreachable;
}

function failure(tool: string, error: unknown, { id }: Known): ToolCallFailed {
  const message = error instanceof Error ? error.message : String(error);
  if (id === null) return new ToolCallFailed(`${tool} was not called: ${message}`);
  if (!isConnectionError(error)) return new ToolCallFailed(`${tool} gave no answer: ${message}`);
  return new ToolCallFailed(`${tool} gave no answer: the API was lost while request ${id} ran. ${message}`);
}

async function follow(api: Api, order: ToolOrder, key: string, known: Known): Promise<ToolRequestView> {
  const { tool, input, signal } = order;
  const stream = new AbortController();
  const silence = setTimeout(() => stream.abort(new LostAnswer('The API was silent.')), silenceMilliseconds);
  const stop = (): void => {
    if (known.id !== null) void cancel(api, known.id).finally(() => stream.abort());
  };
  const onProgress = (progress: ToolProgress): void => {
    silence.refresh();
    const isFirst = known.id === null;
    known.id = progress.id;
    known.lastReturn = lastReturnAfter(progress);
    order.onProgress(progress);
    // It was cancelled before its id was known.
    if (isFirst && signal.aborted) stop();
  };
  known.lastReturn ||= performance.now() + returnMilliseconds;
  signal.addEventListener('abort', stop);
  try {
    return await followCall(api, {
      name: tool,
      input: { ...input },
      idempotencyKey: key,
      onProgress,
      signal: stream.signal,
    });
  } finally {
    clearTimeout(silence);
    signal.removeEventListener('abort', stop);
  }
}

function lastReturnAfter({ secondsLeft }: ToolProgress): number {
  const left = secondsLeft === null ? Number.POSITIVE_INFINITY : secondsLeft * 1000;
  return performance.now() + Math.min(left, returnMilliseconds);
}

/** Asks the API to cancel. Where that is away, the request ends at its own limit. */
async function cancel(api: Api, id: string): Promise<void> {
  await api.POST('/v1/tool-requests/{id}/cancel', { params: { path: { id } } }).catch(() => undefined);
}
