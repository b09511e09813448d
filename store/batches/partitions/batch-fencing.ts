/**
 * Fencing: each attempt of a partition has a generation, and writes of an older generation change nothing. An attempt that
 * Temporal has given up but whose process is still alive can thus do no harm.
 */
import { expressionBuilder, sql, type Kysely, type Transaction } from 'kysely';
import type { Tables } from '../../database/database.ts';
import { isPostgres } from '../../database/kind.ts';

/** Identifies an attempt of a partition; every write of the attempt carries it. */
export interface FencingToken {
  readonly batchId: string;
  readonly partition: number;
  readonly generation: number;
}

/** Begins an attempt of a partition with the next generation; earlier attempts can write nothing from now on. */
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
 * Fences off the attempts of all partitions numbered `from` and above, except partition 0. Called after partition 0 has begun
 * its generation, whose row lock keeps two such calls from waiting for each other.
 */
export async function fenceOff(transaction: Transaction<Tables>, batchId: string, from: number): Promise<void> {
  await transaction
    .updateTable('batch_partitions')
    .set((expression) => ({ generation: expression('generation', '+', 1) }))
    .where('batch_id', '=', batchId)
    .where('partition', '>=', Math.max(from, 1))
    .execute();
}

/**
 * A condition for a writing statement: the token's generation is still the newest of its partition. PostgreSQL evaluates it
 * once, before the statement writes, and locks the row so that no other generation begins before the transaction ends. Without
 * the lock, a statement that waits for an item's row would continue with the generation that it read before the wait.
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

/**
 * A condition for the statement that stores the provider's id of something submitted: the row still waits for the id, or already
 * has this one, because the statement is repeated after its answer was lost.
 */
export function awaitsOrHas(submission: {
  /** The column of the state, with its values before and after the id is stored. */
  readonly column: 'status' | 'state';
  readonly before: string;
  readonly after: string;
  readonly idColumn: 'response_id' | 'provider_id';
  readonly id: string;
}) {
  const { column, before, after, idColumn, id } = submission;
  return sql<boolean>`(${sql.ref(column)} = ${before} or (${sql.ref(column)} = ${after} and ${sql.ref(idColumn)} = ${id}))`;
}
