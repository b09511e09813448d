/** A job's events as server-sent events: from a cursor on, until the job has ended and all was told. */
import type { Context } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { Store } from '../../store/store.ts';
import type { JobView } from '../../workflows/contract/job-view.ts';

const pollMilliseconds = 300;
const keepAliveMilliseconds = 15_000;
const batchSize = 200;
/** The event of a job's end is written a moment after the end itself. */
const lastEventMilliseconds = 3000;

/** Every event is an unnamed message, whose data says its type, so that a reader needs one listener. */
export function streamEvents(context: Context, store: Store, jobId: string, from: number): Response {
  return streamSSE(context, async (stream) => {
    let cursor = from;
    let endTold = false;
    let quietSince = Date.now();
    while (!stream.aborted) {
      // Read before the events: an end that is seen here has all earlier events in the store already.
      const job = await store.jobViews.find(jobId);
      const events = await store.events.after(jobId, cursor, batchSize);
      for (const event of events) {
        await stream.writeSSE({ id: String(event.sequence), data: JSON.stringify(event) });
        cursor = event.sequence;
        endTold ||= event.type === 'job.ended';
        quietSince = Date.now();
      }
      if (events.length === 0 && (endTold || isOver(job))) {
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

function isOver(job: JobView | null): boolean {
  if (job === null) return true;
  return job.endedAt !== null && Date.now() - Date.parse(job.endedAt) > lastEventMilliseconds;
}
