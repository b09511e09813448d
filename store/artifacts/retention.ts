/**
 * Retention: what ended long enough ago loses its files. Rows stay and say so; content goes when nothing else needs it.
 * Works across tenants. A few at a time, each job in a transaction of its own: a run that is interrupted is continued by the next one.
 */
import { sql, type Transaction } from 'kysely';
import { counted } from '../../workflows/contract/counted.ts';
import { stepBatchPrefix } from '../../workflows/contract/names.ts';
import { deliveryEnds } from '../../workflows/contract/jobs/states.ts';
import type { Database, Tables } from '../database/database.ts';
import { bindToTenant } from '../database/tenant-binding.ts';
import { inTransaction, lockBatch, lockJob } from '../database/transactions.ts';
import { insertEvent } from '../jobs/events.ts';
import { grow } from '../jobs/step-changes.ts';

export interface ExpiryRequest {
  /** After so many days. */
  readonly days: number;
  readonly now: Date;
  /** Jobs, or batches, at once. */
  readonly limit: number;
}

/** What a run of retention did. */
export interface Expired {
  readonly ids: readonly string[];
  /** Content that the owner does not need any more; others may. */
  readonly hashes: readonly string[];
}

/** Rows of a batch that one statement changes. */
const outputsAtOnce = 500;

/** Ends the keeping of jobs' files, and of what their deliveries were sent with. A job with a delivery under way waits. */
export async function expireJobs(database: Database, request: ExpiryRequest): Promise<Expired> {
  const found = await dueJobs(database, request).orderBy('ended_at').limit(request.limit).execute();
  const ids: string[] = [];
  const hashes = new Set<string>();
  for (const { id, tenant } of found) {
    const expired = await expireJob(database.withPlugin(bindToTenant(tenant)), id, request);
    if (expired === null) continue;
    ids.push(id);
    for (const hash of expired) hashes.add(hash);
  }
  return { ids, hashes: [...hashes] };
}

function dueJobs(database: Database, { days, now }: ExpiryRequest) {
  return database
    .selectFrom('jobs')
    .select(['id', 'tenant'])
    .where('ended_at', '<', daysBefore(now, days))
    .where('files_removed_after_days', 'is', null)
    .where((where) =>
      where.not(
        where.exists(
          where
            .selectFrom('deliveries')
            .select('deliveries.job_id')
            .whereRef('deliveries.job_id', '=', 'jobs.id')
            .where('deliveries.state', 'not in', [...deliveryEnds]),
        ),
      ),
    );
}

/** Null for a job that is not due any more. */
async function expireJob(database: Database, jobId: string, request: ExpiryRequest): Promise<readonly string[] | null> {
  const { days, now } = request;
  return inTransaction(database, lockJob(jobId), async (transaction) => {
    // A person may have requested a redelivery in the meantime.
    const due = await dueJobs(transaction, request).where('id', '=', jobId).executeTakeFirst();
    if (due === undefined) return null;
    const message = (files: number): string =>
      `${counted(files, 'file was', 'files were')} removed: the job ended ${counted(days, 'day')} ago`;
    return removeFiles(transaction, { jobId, days, now, message });
  });
}

export interface FileRemoval {
  readonly jobId: string;
  readonly days: number;
  readonly now: Date;
  /** Of the event, for so many files. */
  readonly message: (files: number) => string;
}

/** Ends the keeping of all files of a job, in a transaction that holds its lock. Returns their hashes. */
export async function removeFiles(
  transaction: Transaction<Tables>,
  { jobId, days, now, message }: FileRemoval,
): Promise<readonly string[]> {
  const kept = await transaction.deleteFrom('kept_contents').where('job_id', '=', jobId).returning('sha256').execute();
  const states = await transaction
    .selectFrom('checkpoints')
    .select('content_sha256 as sha256')
    .where('job_id', '=', jobId)
    .execute();
  await transaction.updateTable('checkpoints').set({ content_sha256: null }).where('job_id', '=', jobId).execute();
  const files = await transaction
    .updateTable('artifacts')
    .set({ removed_after_days: days })
    .where('job_id', '=', jobId)
    .where('removed_after_days', 'is', null)
    .returning('sha256')
    .execute();
  await transaction.deleteFrom('delivery_inputs').where('job_id', '=', jobId).execute();
  await transaction.updateTable('jobs').set({ files_removed_after_days: days }).where('id', '=', jobId).execute();
  if (files.length > 0) {
    const event = { jobId, type: 'job.files_removed', message: message(files.length), at: now.toISOString() };
    await insertEvent(transaction, event);
    await grow(transaction, jobId);
  }
  return [...kept, ...states, ...files].flatMap(({ sha256 }) => sha256 ?? []);
}

/** Ends the keeping of batches' large outputs; outputs that are stored in their rows stay. */
export async function expireBatches(database: Database, { days, now, limit }: ExpiryRequest): Promise<Expired> {
  const found = await database
    .selectFrom('batches')
    .select('id')
    .where('ended_at', '<', daysBefore(now, days))
    .where('files_removed_after_days', 'is', null)
    .where((build) => build.not(build.exists(build.selectFrom('jobs').select('jobs.id').where(needsBatch))))
    .orderBy('ended_at')
    .limit(limit)
    .execute();
  const ids = found.map(({ id }) => id);
  const hashes = new Set<string>();
  for (const id of ids) {
    for await (const hash of expireOutputs(database, id, { days, now })) hashes.add(hash);
    await database
      .updateTable('batches')
      .set(({ eb }) => ({ files_removed_after_days: days, version: eb('version', '+', 1) }))
      .where('id', '=', id)
      .where('ended_at', '<', daysBefore(now, days))
      .execute();
  }
  return { ids, hashes: [...hashes] };
}

/**
 * A running job still has to collect the results of its step's batch. The id of that batch begins with the job's. Compared as
 * text: in a pattern of LIKE the underscores of ids would stand for any character.
 */
const beginning = sql<string>`${sql.lit(stepBatchPrefix)} || jobs.id || '_'`;
const needsBatch = sql<boolean>`jobs.ended_at is null and substr(batches.id, 1, length(${beginning})) = ${beginning}`;

type Expiry = Omit<ExpiryRequest, 'limit'>;

async function* expireOutputs(database: Database, batchId: string, expiry: Expiry): AsyncGenerator<string> {
  for (let after = -1; ;) {
    const rows = await inTransaction(database, lockBatch(batchId), (transaction) =>
      expireSome(transaction, { batchId, after }, expiry),
    );
    const last = rows.at(-1);
    if (last === undefined) return;
    for (const { output_sha256: hash } of rows) if (hash !== null) yield hash;
    after = last.position;
  }
}

/** A batch that was reopened in the meantime keeps its outputs. */
async function expireSome(
  transaction: Transaction<Tables>,
  { batchId, after }: { readonly batchId: string; readonly after: number },
  { days, now }: Expiry,
) {
  const rows = await transaction
    .selectFrom('batch_items')
    .innerJoin('batches', 'batches.id', 'batch_items.batch_id')
    .select(['batch_items.position', 'batch_items.output_sha256'])
    .where('batches.ended_at', '<', daysBefore(now, days))
    .where('batch_items.batch_id', '=', batchId)
    .where('batch_items.position', '>', after)
    .where('batch_items.output_sha256', 'is not', null)
    .orderBy('batch_items.position')
    .limit(outputsAtOnce)
    .execute();
  const positions = rows.map(({ position }) => position);
  if (positions.length === 0) return rows;
  await transaction
    .updateTable('batch_items')
    .set({ output_sha256: null, output_removed_after_days: days })
    .where('batch_id', '=', batchId)
    .where('position', 'in', positions)
    .execute();
  return rows;
}

function daysBefore(now: Date, days: number): string {
  return new Date(now.getTime() - days * 24 * 3_600_000).toISOString();
}
