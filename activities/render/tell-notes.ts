/** Tells as events of a job what of a document is not set as it was meant; however much that is, it is told in few. */
import type { Store } from '../../store/store.ts';
import type { JsonObject } from '../../workflows/contract/json/json.ts';

const mostNotes = 50;

export async function tellNotes(
  events: Pick<Store['events'], 'append'>,
  jobId: string,
  notes: readonly string[],
  data: JsonObject,
): Promise<void> {
  const told = [...new Set(notes)];
  const left = told.length - mostNotes;
  const messages = left > 0 ? [...told.slice(0, mostNotes), `and ${left} more of the kind`] : told;
  for (const message of messages) await events.append({ jobId, type: 'render.note', message, data });
}
