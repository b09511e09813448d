/** The fence of a batch's writers: each attempt of a lane has an epoch, and writes of an older one change nothing. */
import { sql, type Transaction } from 'kysely';
import type { Tables } from '../database/database.ts';

/** A lane's attempt: writes of an older epoch are refused. */
export interface LaneKey {
  readonly batchId: string;
  readonly lane: number;
  readonly epoch: number;
}

/** Begins an attempt of a lane: from here on older ones can write no more. */
export async function beginEpoch(transaction: Transaction<Tables>, batchId: string, lane: number): Promise<LaneKey> {
  const { epoch } = await transaction
    .insertInto('batch_lanes')
    .values({ batch_id: batchId, lane, epoch: 1 })
    .onConflict((conflict) => conflict.columns(['batch_id', 'lane']).doUpdateSet({ epoch: sql`batch_lanes.epoch + 1` }))
    .returning('epoch')
    .executeTakeFirstOrThrow();
  return { batchId, lane, epoch };
}

/** A condition on what is written: the lane's epoch is still the newest. */
export function newestEpoch({ batchId, lane, epoch }: LaneKey) {
  return sql<boolean>`exists (select 1 from batch_lanes where batch_lanes.batch_id = ${batchId}
    and batch_lanes.lane = ${lane} and batch_lanes.epoch = ${epoch})`;
}
