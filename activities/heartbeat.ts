/**
 * Heartbeats that always carry the newest checkpoint. A beat without details would overwrite the one the server holds,
 * so the keep-alive sends it again; cancellation and a worker's shutdown reach the work through the context's signal.
 */
import { Context } from '@temporalio/activity';
import type { JsonValue } from '../workflows/contract/json/json.ts';

/** Beats on every change of the checkpoint and in between; `beat` is handed to the work. */
export async function withHeartbeat<T>(
  first: JsonValue,
  work: (beat: (checkpoint: JsonValue) => void, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const context = Context.current();
  let newest = first;
  const beat = (checkpoint: JsonValue): void => {
    newest = checkpoint;
    context.heartbeat(newest);
  };
  const interval = (context.info.heartbeatTimeoutMs ?? 30_000) / 3;
  const timer = setInterval(() => {
    context.heartbeat(newest);
  }, interval);
  try {
    return await work(beat, context.cancellationSignal);
  } catch (error) {
    // However a client names its abort: what was cancelled ends as cancelled.
    if (context.cancellationSignal.aborted) await context.cancelled;
    throw error;
  } finally {
    clearInterval(timer);
  }
}
