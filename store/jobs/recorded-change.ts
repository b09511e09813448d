/** A change of a job's projection and the event that reports it, in one transaction. */
import type { Kysely, UpdateResult } from 'kysely';
import type { Database, Tables } from '../database/database.ts';
import { inTransaction, lockJob } from '../database/transactions.ts';
import { insertEvents } from './events.ts';
import { grow, type StepEvent } from './step-changes.ts';

/**
 * Makes a change and records its event in one transaction; a change that was made before changes and records nothing.
 */
export async function changeWithEvent(
  database: Database,
  jobId: string,
  event: StepEvent | undefined,
  at: Date,
  change: (transaction: Kysely<Tables>) => Executable,
): Promise<void> {
  await inTransaction(database, lockJob(jobId), async (transaction) => {
    const { numUpdatedRows } = await change(transaction).executeTakeFirstOrThrow();
    if (numUpdatedRows === 0n) return;
    if (event === undefined) await grow(transaction, jobId);
    else await insertEvents(transaction, [{ ...event, jobId, at: at.toISOString() }]);
  });
}

interface Executable {
  executeTakeFirstOrThrow(): Promise<UpdateResult>;
}
