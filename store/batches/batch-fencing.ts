/** The fence of a batch's writers: each attempt of a partition has a generation, and writes of an older one change nothing. */
import { expressionBuilder, sql, type Kysely, type Transaction } from 'kysely';
import type { Tables } from '../database/database.ts';
import { isPostgres } from '../database/kind.ts';

/** A partition's attempt: writes of an older generation are refused. */
export interface FencingToken {
  readonly batchId: string;
  readonly partition: number;
  readonly generation: number;
}

/** Begins an attempt of a partition: from here on older ones can write no more. */
export async function beginGeneration(
  transaction: Transaction<Tables>,
  batchId: string,
  partition: number,
): Promise<FencingToken> {
  const { generation } = await transaction
    .insertInto('batch_partitions')
    .values({ batch_id: batchId, partition, generation: 1 })
    .onConflict((conflict) =>
      conflict.columns(['batch_id', 'partition']).doUpdateSet({ generation: sql`batch_partitions.generation + 1` }),
    )
    .returning('generation')
    .executeTakeFirstOrThrow();
  return { batchId, partition, generation };
}

/**
 * A condition on what a statement writes: the partition's generation is still the newest. PostgreSQL judges it once, before
 * the statement writes anything, and keeps another generation from beginning until the statement's transaction has ended:
 * a statement that waits for an item's row would otherwise go on by what it read of the generation before the wait.
 */
export function isNewestGeneration(database: Kysely<Tables>, { batchId, partition, generation }: FencingToken) {
  const build = expressionBuilder<Tables>();
  const newest = build
    .selectFrom('batch_partitions')
    .select('batch_partitions.generation')
    .where('batch_partitions.batch_id', '=', batchId)
    .where('batch_partitions.partition', '=', partition)
    .where('batch_partitions.generation', '=', generation);
  return build.exists(isPostgres(database) ? newest.forShare() : newest);
}
