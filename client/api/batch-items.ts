/** Takes the rows of one upload into a batch: all of them, or none. */
import type { ItemRange } from '../../store/batch-items.ts';
import type { BatchView } from '../../workflows/contract/batch-schema.ts';
import { findBatch, give, type BatchControlling } from './batch-control.ts';
import { BrokenUpload, readRows, WrongRows, type RowFormat } from './batch-rows.ts';
import { ProblemError } from './problem.ts';

/** Batches that an upload is writing to: rows of two at once would be mixed. */
const uploading = new Set<string>();

/** Returns how many rows were taken in. Throws `ProblemError`, with each wrong row's line. */
export async function takeItems(
  controlling: BatchControlling,
  id: string,
  upload: { readonly body: AsyncIterable<Uint8Array>; readonly format: RowFormat },
): Promise<number> {
  const batch = await findBatch(controlling.store, id);
  if (batch.state === 'ended' || batch.state === 'stopping') throw new ProblemError('conflict', 'the batch is over');
  if (uploading.has(id))
    throw new ProblemError('conflict', 'another upload to this batch is under way; send this after');
  uploading.add(id);
  try {
    return await take(controlling, batch, upload);
  } catch (error) {
    if (error instanceof BrokenUpload) throw new ProblemError('invalid-request', error.message);
    if (!(error instanceof WrongRows)) throw error;
    throw new ProblemError('invalid-items', error.message, { problems: [...error.problems] });
  } finally {
    uploading.delete(id);
  }
}

async function take(
  controlling: BatchControlling,
  batch: BatchView,
  { body, format }: { readonly body: AsyncIterable<Uint8Array>; readonly format: RowFormat },
): Promise<number> {
  const { store } = controlling;
  const { id, itemCount, definition } = batch;
  // What an upload left that was cut off by the end of its process.
  await store.batchItems.discardBeyond(id);
  let range: ItemRange;
  try {
    range = await store.batchItems.import(id, readRows(body, format, definition.prompt));
  } catch (error) {
    await store.batchItems.truncate(id, itemCount);
    await store.batchItems.discardBeyond(id);
    throw error;
  }
  const count = range.to - range.from;
  if (count === 0) throw new ProblemError('invalid-items', 'there are no rows');
  await takeIn(controlling, id, range);
  await store.events.append({ jobId: id, type: 'batch.items', message: `${count} items were sent` });
  return count;
}

/** Makes stored rows the batch's own; of one that is importing they are it already. */
async function takeIn({ store, batches }: BatchControlling, id: string, { to }: ItemRange): Promise<void> {
  const isIn = async (): Promise<boolean> => {
    const { state, itemCount } = await findBatch(store, id);
    return state === 'importing' || itemCount >= to;
  };
  if (await isIn()) return;
  const { as, message } = await give(batches, id, { kind: 'append', itemCount: to });
  // An order that was sent before and not answered may have come through.
  if (as === 'taken' || (await isIn())) return;
  if (as === 'no_batch' && (await findBatch(store, id)).state === 'queued') {
    return store.batches.change(id, { itemCount: to });
  }
  await store.batchItems.discardBeyond(id);
  throw new ProblemError('conflict', `the rows were not taken in: ${message}`);
}
