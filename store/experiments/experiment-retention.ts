/**
 * What experiments keep on the disk, and when it goes: the files of ended ones after some days or, the oldest first, for the
 * disk budget; what phases hand to each other after its round; uploads that no experiment needs. Rows stay and say so. Works
 * across tenants, a few at a time: a run that is interrupted is continued by the next one.
 */
import type { Database } from '../database/database.ts';
import { bindToTenant } from '../database/tenant-binding.ts';
import { inTransaction } from '../database/transactions.ts';
import type { Expired, ExpiryRequest } from '../artifacts/retention.ts';
import { lockExperiment } from './experiments.ts';

/** What somebody is about to look at is no matter of the disk budget. */
const freshMilliseconds = 3_600_000;

/**
 * Ends the keeping of experiments' files, those of the longest ended first. 0 days is for the disk budget: all that ended more than
 * an hour ago are due.
 */
export async function expireExperiments(database: Database, { days, now, limit }: ExpiryRequest): Promise<Expired> {
  const found = await database
    .selectFrom('experiments')
    .select(['id', 'tenant'])
    .where('ended_at', '<', before(now, days === 0 ? freshMilliseconds : days * dayMilliseconds))
    .where('files_removed_after_days', 'is', null)
    .orderBy('ended_at')
    .limit(limit)
    .execute();
  const hashes = new Set<string>();
  for (const { id, tenant } of found) {
    const files = await inTransaction(
      database.withPlugin(bindToTenant(tenant)),
      lockExperiment(id),
      async (transaction) => {
        await transaction
          .updateTable('experiments')
          .set((columns) => ({ files_removed_after_days: days, version: columns('version', '+', 1) }))
          .where('id', '=', id)
          .execute();
        return transaction
          .updateTable('experiment_files')
          .set({ removed_after_days: days })
          .where('experiment_id', '=', id)
          .where('removed_after_days', 'is', null)
          .returning('sha256')
          .execute();
      },
    );
    for (const { sha256 } of files) hashes.add(sha256);
  }
  return { ids: found.map(({ id }) => id), hashes: [...hashes] };
}

/** Content in flight whose round, or whose whole experiment, has ended since. */
export async function overContents(database: Database, endedBefore: Date, limit: number) {
  return database
    .selectFrom('experiment_contents as held')
    .innerJoin('experiments', (join) =>
      join.onRef('experiments.id', '=', 'held.experiment_id').onRef('experiments.tenant', '=', 'held.tenant'),
    )
    .select(['held.experiment_id', 'held.round', 'held.name', 'held.sha256'])
    .where((where) =>
      where.or([
        where('experiments.ended_at', '<', endedBefore.toISOString()),
        where.and([where('held.round', '>', 0), where('held.round', '<', where.ref('experiments.round'))]),
      ]),
    )
    .limit(limit)
    .execute();
}

export async function releaseContent(
  database: Database,
  held: { readonly experiment_id: string; readonly round: number; readonly name: string },
): Promise<void> {
  await database
    .deleteFrom('experiment_contents')
    .where('experiment_id', '=', held.experiment_id)
    .where('round', '=', held.round)
    .where('name', '=', held.name)
    .execute();
}

/** Forgets uploads of more than a day ago that no experiment with files uses, and returns their hashes. */
export async function forgetUploads(database: Database, now: Date): Promise<readonly string[]> {
  const gone = await database
    .deleteFrom('experiment_uploads')
    .where('uploaded_at', '<', before(now, dayMilliseconds))
    .where((where) =>
      where.not(
        where.exists(
          where
            .selectFrom('experiments')
            .select('experiments.id')
            .whereRef('experiments.video_sha256', '=', 'experiment_uploads.sha256')
            .whereRef('experiments.tenant', '=', 'experiment_uploads.tenant')
            .where('experiments.files_removed_after_days', 'is', null),
        ),
      ),
    )
    .returning('sha256')
    .execute();
  return gone.map(({ sha256 }) => sha256);
}

/**
 * Bytes of the files that ended experiments keep; the same content counts once. What is in flight and uploads are not among them:
 * removing files gives nothing of those back.
 */
export async function bytesOfExperiments(database: Database): Promise<number> {
  const kept = database
    .selectFrom('experiment_files')
    .select(['sha256', 'bytes'])
    .distinct()
    .where('removed_after_days', 'is', null);
  const { bytes } = await database
    .selectFrom(kept.as('kept'))
    .select(({ fn }) => fn.sum<number | string | null>('bytes').as('bytes'))
    .executeTakeFirstOrThrow();
  return Number(bytes ?? 0);
}

const dayMilliseconds = 24 * 3_600_000;

function before(now: Date, milliseconds: number): string {
  return new Date(now.getTime() - milliseconds).toISOString();
}
