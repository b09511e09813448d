/**
 * Heartbeats that always carry the newest checkpoint. A heartbeat without details would overwrite the one that the
 * server holds, so the keep-alive sends it again; cancellation and a worker's shutdown reach the work through the
 * context's signal.
 */
import { Context } from '@temporalio/activity';
import type { JsonValue } from '../workflows/contract/json/json.ts';

/** Sends a heartbeat on every change of the checkpoint and at intervals in between; the work gets `beat`. */
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
    // Whatever error a client throws for an abort, cancelled work ends as cancelled.
    if (context.cancellationSignal.aborted) await context.cancelled;
    throw error;
  } finally {
    clearInterval(timer);
  }
}
