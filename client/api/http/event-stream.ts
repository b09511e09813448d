/**
 * Streams the events of a job or a batch as server-sent events, from a cursor until it has ended and all events were
 * sent.
 */
import type { Context } from 'hono';
import { streamSSE, type SSEStreamingApi } from 'hono/streaming';
import type { Store } from '../../../store/store.ts';

const pollMilliseconds = 300;
const keepAliveMilliseconds = 15_000;
const batchSize = 200;
/** The event of a job's end is written shortly after the end itself. */
const lastEventMilliseconds = 3000;

/** Events after which an ended job or batch continues. */
const beginsAnew = new Set(['batch.reopened', 'delivery.again']);

/** The job or batch whose events are streamed: how its end is recognised, and the event that reports it. */
export interface EventSubject {
  readonly id: string;
  readonly endEvent: string;
  /** When it ended, ISO 8601; null while it runs, undefined when it no longer exists. */
  readonly endedAt: () => Promise<string | null | undefined>;
}

/** Streams events that no proxy holds back: nginx collects an answer unless this header tells it not to. */
export function streamAtOnce(context: Context, write: (stream: SSEStreamingApi) => Promise<void>): Response {
  context.header('x-accel-buffering', 'no');
  return streamSSE(context, write);
}

/** Every event is an unnamed message with its type in the data, so that a reader needs one listener. */
export function streamEvents(context: Context, store: Store, subject: EventSubject, from: number): Response {
  return streamAtOnce(context, async (stream) => {
    let cursor = from;
    let endSent = false;
    let quietSince = Date.now();
    while (!stream.aborted) {
      // Read before the events: when it has ended here, the store already has all earlier events.
      const endedAt = await subject.endedAt();
      const events = await store.events.after(subject.id, cursor, batchSize);
      for (const event of events) {
        await stream.writeSSE({ id: String(event.sequence), data: JSON.stringify(event) });
        cursor = event.sequence;
        // An ended batch may have been started again.
        endSent = event.type === subject.endEvent || (endSent && !beginsAnew.has(event.type));
        quietSince = Date.now();
      }
      if (events.length === 0 && (endSent || isOver(endedAt))) {
        await stream.writeSSE({ event: 'end', data: '{}' });
        return;
      }
      if (Date.now() - quietSince > keepAliveMilliseconds) {
        await stream.write(': still here\n\n');
        quietSince = Date.now();
      }
      if (events.length === 0) await stream.sleep(pollMilliseconds);
    }
  });
}

function isOver(endedAt: string | null | undefined): boolean {
  if (endedAt === undefined) return true;
  return endedAt !== null && Date.now() - Date.parse(endedAt) > lastEventMilliseconds;
}
