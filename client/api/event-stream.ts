/** A job's events as server-sent events: from a cursor on, until the job has ended and all was told. */
import type { Context } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { Store } from '../../store/store.ts';

const pollMilliseconds = 300;
const keepAliveMilliseconds = 15_000;
const batchSize = 200;

export function streamEvents(context: Context, store: Store, jobId: string, from: number): Response {
  return streamSSE(context, async (stream) => {
    let cursor = from;
    let quietSince = Date.now();
    while (!stream.aborted) {
      // Read before the events: an end that is seen here has all its events in the store already.
      const job = await store.jobViews.find(jobId);
      const events = await store.events.after(jobId, cursor, batchSize);
      for (const event of events) {
        await stream.writeSSE({ id: String(event.sequence), event: event.type, data: JSON.stringify(event) });
        cursor = event.sequence;
        quietSince = Date.now();
      }
      if (events.length === 0 && (job === null || job.state === 'ended')) {
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
