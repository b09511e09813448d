/** Events of a job or a batch as server-sent events: from a cursor on, until it has ended and all was told. */
import type { Context } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { Store } from '../../../store/store.ts';

const pollMilliseconds = 300;
const keepAliveMilliseconds = 15_000;
const batchSize = 200;
/** The event of a job's end is written a moment after the end itself. */
const lastEventMilliseconds = 3000;

/** Events after which what has ended goes on. */
const beginsAnew = new Set(['batch.reopened', 'delivery.again']);

/** What is told of: how its end is seen, and the event that tells it. */
export interface EventSubject {
  readonly id: string;
  readonly endEvent: string;
  /** When it ended, ISO 8601; null while it goes on, undefined when it is gone. */
  readonly endedAt: () => Promise<string | null | undefined>;
}

/** Every event is an unnamed message, whose data says its type, so that a reader needs one listener. */
export function streamEvents(context: Context, store: Store, subject: EventSubject, from: number): Response {
  return streamSSE(context, async (stream) => {
    let cursor = from;
    let endSent = false;
    let quietSince = Date.now();
    while (!stream.aborted) {
      // Read before the events: an end that is seen here has all earlier events in the store already.
      const endedAt = await subject.endedAt();
      const events = await store.events.after(subject.id, cursor, batchSize);
      for (const event of events) {
        await stream.writeSSE({ id: String(event.sequence), data: JSON.stringify(event) });
        cursor = event.sequence;
        // What has ended may be begun anew.
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
