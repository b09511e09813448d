/** The fence of a batch's writers: each attempt of a partition has a generation, and writes of an older one change nothing. */
import { sql, type Transaction } from 'kysely';
import type { Tables } from '../database/database.ts';

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
  const { epoch } = await transaction
    .insertInto('batch_lanes')
    .values({ batch_id: batchId, lane: partition, epoch: 1 })
    .onConflict((conflict) => conflict.columns(['batch_id', 'lane']).doUpdateSet({ epoch: sql`batch_lanes.epoch + 1` }))
    .returning('epoch')
    .executeTakeFirstOrThrow();
  return { batchId, partition, generation: epoch };
}

/** A condition on what is written: the partition's generation is still the newest. */
export function isNewestGeneration({ batchId, partition, generation }: FencingToken) {
  return sql<boolean>`exists (select 1 from batch_lanes where batch_lanes.batch_id = ${batchId}
    and batch_lanes.lane = ${partition} and batch_lanes.epoch = ${generation})`;
}
