/**
 * Changes a batch together with all its items: cancels it before it has begun, reopens it, or removes it. The first transaction
 * decides and writes down what is to be done, the items follow in portions, and the last transaction completes the change. When
 * a process dies in between, the reconciliation completes it; all steps can be repeated.
 */
import { sql, type Transaction } from 'kysely';
import { z } from 'zod';
import { reasonTypes, type Reason } from '../../workflows/contract/failures.ts';
import type { Database, Tables } from '../database/database.ts';
import { notByIndex } from '../database/expressions.ts';
import { errorColumns, reasonText } from '../database/reason-columns.ts';
import { inTransaction, lockBatch } from '../database/transactions.ts';
import { insertEvent } from '../jobs/events.ts';
import { inPortions } from './in-portions.ts';
import { recordRuns } from '../runs/insert-run.ts';
import { itemRunColumns, itemRuns } from '../runs/item-run.ts';

const PendingChangeSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('cancel'),
    reason: z.object({ type: z.enum(reasonTypes), message: z.string() }),
    at: z.number(),
  }),
  z.object({ kind: z.literal('reopen'), uncertain: z.boolean(), at: z.number() }),
  z.object({ kind: z.literal('remove') }),
]);
type PendingChange = z.infer<typeof PendingChangeSchema>;

/** The value of the column of a batch that is being removed. Such a batch is hidden. */
export const removal = textOf({ kind: 'remove' });

/** Whether the batch is being cancelled: its pending items count as cancelled. */
export function isBeingCancelled(pendingChange: string | null): boolean {
  return pendingChange !== null && readChange(pendingChange).kind === 'cancel';
}

/** Whether the failed items of the batch, which has ended, are being reopened. */
export function isBeingReopened(pendingChange: string | null): boolean {
  return pendingChange !== null && readChange(pendingChange).kind === 'reopen';
}

const tables = ['batch_partitions', 'batch_minutes', 'provider_batches', 'batch_uploads', 'batch_waits'] as const;

/**
 * Returns how many items the batch will run. When a former reopening was cut off or is under way, it is completed instead and
 * its count is returned.
 */
export async function reopenBatch(
  database: Database,
  id: string,
  { uncertain, now }: { readonly uncertain: boolean; readonly now: Date },
): Promise<number> {
  const completed = await completeChange(database, id);
  if (completed > 0) return completed;
  const isBegun = await inTransaction(database, lockBatch(id), async (transaction) => {
    const { numUpdatedRows } = await transaction
      .updateTable('batches')
      .set({ whole_change: textOf({ kind: 'reopen', uncertain, at: now.getTime() }) })
      .where('id', '=', id)
      .where('state', '=', 'ended')
      .where('whole_change', 'is', null)
      .where((build) =>
        build.exists(
          build
            .selectFrom('batch_items')
            .select('position')
            .where('batch_id', '=', id)
            .where('status', 'in', reopenedStatuses(uncertain)),
        ),
      )
      .executeTakeFirstOrThrow();
    return numUpdatedRows > 0n;
  });
  return isBegun ? completeChange(database, id) : 0;
}

export async function cancelWaiting(
  database: Database,
  id: string,
  { reason, now }: { readonly reason: Reason; readonly now: Date },
): Promise<boolean> {
  const isBegun = await inTransaction(database, lockBatch(id), async (transaction) => {
    const { numUpdatedRows } = await transaction
      .updateTable('batches')
      .set((expression) => ({
        state: 'ended',
        outcome: 'cancelled',
        reason: reasonText(reason),
        pause: null,
        ended_at: now.toISOString(),
        version: expression('version', '+', 1),
        whole_change: textOf({ kind: 'cancel', reason, at: now.getTime() }),
      }))
      .where('id', '=', id)
      .where('state', '=', 'queued')
      .executeTakeFirstOrThrow();
    if (numUpdatedRows === 0n) return false;
    await insertEvent(transaction, { jobId: id, type: 'batch.ended', message: reason.message });
    return true;
  });
  if (isBegun) await completeChange(database, id);
  return isBegun;
}

export async function removeBatch(database: Database, id: string): Promise<boolean> {
  const { numUpdatedRows } = await database
    .updateTable('batches')
    // An upload that goes on finds that the batch has ended.
    .set({ state: 'ended', whole_change: removal })
    .where('id', '=', id)
    .where('state', 'in', ['ended', 'importing'])
    .where('whole_change', 'is distinct from', removal)
    .executeTakeFirstOrThrow();
  if (numUpdatedRows > 0n) await completeChange(database, id);
  return numUpdatedRows > 0n;
}

/** Completes the change that the batch's row has; returns how many items a reopened batch will run. */
export async function completeChange(database: Database, id: string, signal?: AbortSignal): Promise<number> {
  const row = await database.selectFrom('batches').select('whole_change').where('id', '=', id).executeTakeFirst();
  if (row?.whole_change == null) return 0;
  const change = readChange(row.whole_change);
  await changeItems(database, id, row.whole_change, change, signal);
  return finish(database, id, row.whole_change, change);
}

async function changeItems(
  database: Database,
  id: string,
  text: string,
  change: PendingChange,
  signal: AbortSignal | undefined,
): Promise<void> {
  await inPortions(database, id, async (transaction, { from, to }) => {
    signal?.throwIfAborted();
    const stands = transaction.selectFrom('batches').select('id').where('id', '=', id).where('whole_change', '=', text);
    if (change.kind === 'remove') {
      const { numDeletedRows } = await transaction
        .deleteFrom('batch_items')
        .where('batch_id', '=', id)
        .where('position', '>=', from)
        .where('position', '<', to)
        .where((build) => build.exists(stands))
        .executeTakeFirstOrThrow();
      return numDeletedRows;
    }
    const statuses = change.kind === 'cancel' ? ['pending'] : reopenedStatuses(change.uncertain);
    const changed = await transaction
      .updateTable('batch_items')
      .set(itemColumns(change))
      .where('batch_id', '=', id)
      .where('position', '>=', from)
      .where('position', '<', to)
      .where(notByIndex(transaction, 'status'), 'in', statuses)
      .where((build) => build.exists(stands))
      .returning(itemRunColumns)
      .execute();
    if (change.kind === 'cancel') {
      const end = { batchId: id, status: 'cancelled', reason: change.reason, now: change.at } as const;
      await recordRuns(transaction, itemRuns(end, changed));
    }
    return BigInt(changed.length);
  });
}

function itemColumns(change: Exclude<PendingChange, { kind: 'remove' }>) {
  if (change.kind === 'cancel') {
    return { status: 'cancelled', ...errorColumns(change.reason), next_attempt_ms: null, ended_ms: change.at };
  }
  return {
    status: 'pending',
    attempts: 0,
    partition: null,
    response_id: null,
    next_attempt_ms: null,
    ...errorColumns(null),
    created_ms: change.at,
    submitted_ms: null,
    intended_ms: null,
    ended_ms: null,
  };
}

async function finish(database: Database, id: string, text: string, { kind }: PendingChange): Promise<number> {
  return inTransaction(database, lockBatch(id), async (transaction) => {
    if (kind === 'remove') {
      const { numDeletedRows } = await transaction
        .deleteFrom('batches')
        .where('id', '=', id)
        .where('whole_change', '=', text)
        .executeTakeFirstOrThrow();
      if (numDeletedRows === 0n) return 0;
      for (const table of tables) await transaction.deleteFrom(table).where('batch_id', '=', id).execute();
      await transaction.deleteFrom('events').where('job_id', '=', id).execute();
      return 0;
    }
    const { numUpdatedRows } = await transaction
      .updateTable('batches')
      .set((expression) => ({
        whole_change: null,
        version: expression('version', '+', 1),
        ...(kind === 'reopen' ? reopened : {}),
      }))
      .where('id', '=', id)
      .where('whole_change', '=', text)
      .executeTakeFirstOrThrow();
    if (kind === 'cancel') return 0;
    // Another call has completed the same reopening, unless the batch is being removed meanwhile.
    if (numUpdatedRows === 0n) return (await isReopened(transaction, id)) ? countPending(transaction, id) : 0;
    const pending = await countPending(transaction, id);
    await insertEvent(transaction, { jobId: id, type: 'batch.reopened', message: `${pending} items are retried` });
    return pending;
  });
}

async function isReopened(transaction: Transaction<Tables>, id: string): Promise<boolean> {
  const batch = await transaction
    .selectFrom('batches')
    .select('id')
    .where('id', '=', id)
    .where('state', '!=', 'ended')
    .where('whole_change', 'is', null)
    .executeTakeFirst();
  return batch !== undefined;
}

async function countPending(transaction: Transaction<Tables>, id: string): Promise<number> {
  const { pending } = await transaction
    .selectFrom('batch_items')
    .select(({ fn }) => fn.countAll<number>().as('pending'))
    .where('batch_id', '=', id)
    // A literal, not a parameter: only then is the partial index of pending items used.
    .where(sql<boolean>`status = 'pending'`)
    .executeTakeFirstOrThrow();
  return pending;
}

const reopened = {
  state: 'queued',
  outcome: null,
  reason: null,
  pause: null,
  started_at: null,
  ended_at: null,
  files_removed_after_days: null,
};

function reopenedStatuses(uncertain: boolean): readonly string[] {
  return ['failed', 'timed_out', ...(uncertain ? ['uncertain'] : [])];
}

function textOf(change: PendingChange): string {
  return JSON.stringify(change);
}

function readChange(text: string): PendingChange {
  return PendingChangeSchema.parse(JSON.parse(text));
}
