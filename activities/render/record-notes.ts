/**
 * Records, as events of the job, what a document does not show as intended; however much it is, it becomes few events.
 */
import type { Store } from '../../store/store.ts';
import type { JsonObject } from '../../workflows/contract/json/json.ts';

const mostNotes = 50;

export async function recordNotes(
  events: Pick<Store['events'], 'append'>,
  jobId: string,
  notes: readonly string[],
  data: JsonObject,
): Promise<void> {
  const unique = [...new Set(notes)];
  const left = unique.length - mostNotes;
  const messages = left > 0 ? [...unique.slice(0, mostNotes), `and ${left} more of the kind`] : unique;
  for (const message of messages) await events.append({ jobId, type: 'render.note', message, data });
}
