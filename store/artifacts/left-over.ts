/**
 * Rows that name content which nobody may have any more: files of a submission that was never accepted, and whatever was
 * added to a job or a batch after its files had been removed. No other look would find them again. Works across tenants,
 * on the hashes that begin with a prefix.
 */
import { sql, type RawBuilder } from 'kysely';
import { counted } from '../../workflows/contract/counted.ts';
import type { Database } from '../database/database.ts';
import { bindToTenant } from '../database/tenant-binding.ts';
import { inTransaction, lockJob } from '../database/transactions.ts';
import { removeFiles } from './retention.ts';

/** Jobs at once. */
const atOnce = 50;

export interface LeftOverRequest {
  readonly prefix: string;
  /** Files of a job that was not accepted by then belong to none. */
  readonly acceptedBy: Date;
  readonly now: Date;
}

/** Ends the keeping of all such content. Safe to repeat, and to be cut off. */
export async function forgetLeftOver(database: Database, request: LeftOverRequest, signal: AbortSignal): Promise<void> {
  await forgetUnaccepted(database, request);
  await forgetLaterOutputs(database, request);
  for (let more = true; more;) {
    const jobs = await jobsWithLaterFiles(database, request).limit(atOnce).execute();
    for (const { id, tenant } of jobs) {
      signal.throwIfAborted();
      await removeLaterFiles(database.withPlugin(bindToTenant(tenant)), id, request.now);
    }
    more = jobs.length === atOnce;
  }
}

async function forgetUnaccepted(database: Database, { prefix, acceptedBy }: LeftOverRequest): Promise<void> {
  const before = acceptedBy.toISOString();
  await database
    .deleteFrom('artifacts')
    .where(startsWith('artifacts.sha256', prefix))
    .where('artifacts.created_at', '<', before)
    .where((where) =>
      where.not(where.exists(where.selectFrom('jobs').select('jobs.id').whereRef('jobs.id', '=', 'artifacts.job_id'))),
    )
    .execute();
  await database
    .deleteFrom('kept_contents')
    .where(startsWith('kept_contents.sha256', prefix))
    .where('kept_contents.created_at', '<', before)
    .where((where) =>
      where.not(
        where.exists(where.selectFrom('jobs').select('jobs.id').whereRef('jobs.id', '=', 'kept_contents.job_id')),
      ),
    )
    .execute();
}

/** The answers of a batch's lost calls may come to light after its outputs were removed. */
async function forgetLaterOutputs(database: Database, { prefix }: LeftOverRequest): Promise<void> {
  await database
    .updateTable('batch_items')
    .from('batches')
    .set((set) => ({ output_sha256: null, output_removed_after_days: set.ref('batches.files_removed_after_days') }))
    .whereRef('batches.id', '=', 'batch_items.batch_id')
    .where('batches.files_removed_after_days', 'is not', null)
    .where(startsWith('batch_items.output_sha256', prefix))
    .execute();
}

function jobsWithLaterFiles(database: Database, { prefix }: LeftOverRequest) {
  const removed = () =>
    database
      .selectFrom('jobs')
      .select(['jobs.id', 'jobs.tenant'])
      .where('jobs.files_removed_after_days', 'is not', null);
  return removed()
    .innerJoin('artifacts', 'artifacts.job_id', 'jobs.id')
    .where('artifacts.removed_after_days', 'is', null)
    .where(startsWith('artifacts.sha256', prefix))
    .union(
      removed()
        .innerJoin('kept_contents', 'kept_contents.job_id', 'jobs.id')
        .where(startsWith('kept_contents.sha256', prefix)),
    )
    .union(
      removed()
        .innerJoin('checkpoints', 'checkpoints.job_id', 'jobs.id')
        .where(startsWith('checkpoints.content_sha256', prefix)),
    );
}

async function removeLaterFiles(database: Database, jobId: string, now: Date): Promise<void> {
  await inTransaction(database, lockJob(jobId), async (transaction) => {
    const job = await transaction
      .selectFrom('jobs')
      .select('files_removed_after_days')
      .where('id', '=', jobId)
      .executeTakeFirst();
    const days = job?.files_removed_after_days ?? null;
    if (days === null) return;
    const message = (files: number): string =>
      `${counted(files, 'file was', 'files were')} removed: added after the other files of the job had been removed`;
    await removeFiles(transaction, { jobId, days, now, message });
  });
}

type HashColumn =
  | 'artifacts.sha256'
  | 'kept_contents.sha256'
  | 'checkpoints.content_sha256'
  | 'batch_items.output_sha256';

/** A range, so that the index on the column serves it. No digit comes after `g`. */
function startsWith(column: HashColumn, prefix: string): RawBuilder<boolean> {
  const hash = sql.ref(column);
  return sql`(${hash} > ${prefix} and ${hash} < ${`${prefix}g`})`;
}
