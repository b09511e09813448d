/** Adds the rows of an upload to a batch: all of them, or none. */
import { counted } from '../../../workflows/contract/counted.ts';
import { createHash, randomUUID, type Hash } from 'node:crypto';
import type { ItemRange } from '../../../store/batches/items/batch-items.ts';
import type { KnownUpload } from '../../../store/batches/uploads/batch-uploads.ts';
import { Superseded } from '../../../store/jobs/ledger.ts';
import type { UploadLock } from '../../../store/batches/uploads/upload-locks.ts';
import type { BatchView } from '../../../workflows/contract/batches/schema.ts';
import { describeFormat } from '../../../workflows/contract/batches/table-format.ts';
import { findBatch, give, type BatchControlling } from './batch-control.ts';
import { ProblemError } from '../http/problem.ts';
import { BrokenUpload, noRows, readRows, unbroken, type RowSource } from '../rows/read-rows.ts';
import { Reading, WrongRows } from '../rows/reading.ts';
import { withUploadLock } from './upload-lock.ts';

export interface ItemUpload extends RowSource {
  /** A repeated upload with the same key adds nothing. */
  readonly idempotencyKey: string | undefined;
}

export interface TakenItems {
  /** How many rows were added, by this upload or by the one that it repeats. */
  readonly added: number;
  /** How the rows were read; null when the upload repeats an earlier one. */
  readonly reading: Reading | null;
}

/** Throws `ProblemError`; for wrong rows it names the line of each. */
export async function takeItems(controlling: BatchControlling, id: string, upload: ItemUpload): Promise<TakenItems> {
  const { store } = controlling;
  await findBatch(store, id);
  try {
    // One upload at a time, so that the rows of two uploads are not mixed.
    return await withUploadLock(
      store,
      id,
      'another upload to this batch is in progress; repeat this one when it is done',
      async (lock) => {
        const { idempotencyKey } = upload;
        const known = idempotencyKey === undefined ? null : await store.batchUploads.find(id, idempotencyKey);
        if (known !== null) return { added: await repeated(known, upload), reading: null };
        const batch = await findBatch(store, id);
        if (batch.state === 'ended' || batch.state === 'stopping')
          throw new ProblemError('conflict', 'the batch has ended');
        return take(controlling, batch, lock, upload);
      },
    );
  } catch (error) {
    if (error instanceof Superseded)
      throw new ProblemError('conflict', `${error.message}; repeat this one when it is done`);
    if (error instanceof BrokenUpload) throw new ProblemError('invalid-request', error.message);
    if (!(error instanceof WrongRows)) throw error;
    throw new ProblemError('invalid-items', error.message, { problems: [...error.problems] });
  }
}

/** Reads a repeated upload to its end and compares its digest, to refuse a different upload with the same key. */
async function repeated({ added, digest }: KnownUpload, upload: ItemUpload): Promise<number> {
  const hash = hashOf(upload);
  for await (const bytes of unbroken(upload.body)) hash.update(bytes);
  if (hash.digest('hex') === digest) return added;
  throw new ProblemError('conflict', 'this Idempotency-Key was used for another upload to this batch');
}

async function take(
  controlling: BatchControlling,
  batch: BatchView,
  lock: UploadLock,
  upload: ItemUpload,
): Promise<TakenItems> {
  const { store } = controlling;
  const { id, definition } = batch;
  const { body, idempotencyKey: key = randomUUID() } = upload;
  const reading = new Reading();
  const hash = hashOf(upload);
  await store.batchUploads.discardBroken(id);
  await store.batchUploads.begin(id, key);
  let range: ItemRange;
  try {
    range = await store.batchItems.import(
      id,
      readRows({ ...upload, body: hashed(body, hash) }, definition.prompt, reading),
      lock,
    );
    if (range.to === range.from) throw new ProblemError('invalid-items', noRows);
  } catch (error) {
    // Only while this upload still has the lock: otherwise the stored rows may belong to another upload.
    if (await store.uploadLocks.renew(lock, Date.now())) await store.batchUploads.discardBroken(id);
    throw error;
  }
  await store.batchUploads.stored(id, key, { to: range.to, digest: hash.digest('hex') });
  await takeIn(controlling, id, range);
  const added = range.to - range.from;
  await store.events.append({ jobId: id, type: 'batch.items', message: eventMessage(added, reading) });
  return { added, reading };
}

function eventMessage(added: number, reading: Reading): string {
  const sent = `${counted(added, 'item was', 'items were')} sent`;
  return [`${sent} (${describeFormat(reading)})`, ...reading.notes].join('. ');
}

/** The hash includes the given format: the same bytes read in another format are a different upload. */
function hashOf({ delimiter, encoding }: ItemUpload): Hash {
  return createHash('sha256').update([delimiter, encoding].filter((named) => named !== undefined).join(' '));
}

async function* hashed(body: AsyncIterable<Uint8Array>, hash: Hash): AsyncGenerator<Uint8Array> {
  for await (const bytes of body) {
    hash.update(bytes);
    yield bytes;
  }
}

/** Makes the stored rows part of the batch; while the batch is importing, they already are. */
async function takeIn({ store, batches }: BatchControlling, id: string, { to }: ItemRange): Promise<void> {
  const isIn = async (): Promise<boolean> => {
    const { state, itemCount } = await findBatch(store, id);
    return state === 'importing' || itemCount >= to;
  };
  if (await isIn()) return;
  const { as, message } = await give(batches, id, { kind: 'append', itemCount: to });
  // An earlier order whose answer was lost may have succeeded.
  if (as === 'taken' || (await isIn())) return;
  if (as === 'no_batch' && (await store.batches.changeWaiting(id, { itemCount: to }))) return;
  await store.batchUploads.discardBroken(id);
  throw new ProblemError('conflict', `the rows were not added: ${message}`);
}
