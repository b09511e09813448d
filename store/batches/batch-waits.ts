/**
 * Why a batch stands still: what its partitions wait for, told by each partition and shown to people. A row counts until the time that
 * the partition expects to go on; one that a killed worker has left is told no more soon after.
 */
import { batchWaitKinds, type BatchWaitKind } from '../../workflows/contract/batches/batch.ts';
import type { RefusedBy } from './batch-spend.ts';
import type { Database } from '../database/database.ts';

export interface BatchWait {
  readonly kind: BatchWaitKind;
  /** What is waited for, in a sentence. */
  readonly message: string;
  /** When it goes on, as far as is known; milliseconds since the epoch. */
  readonly until: number;
}

export interface BatchWaits {
  /** A partition begins anew: what it told before is over, and with the first one what partitions beyond the last have told. */
  begin(partition: {
    readonly batchId: string;
    readonly partition: number;
    readonly partitions: number;
  }): Promise<void>;
  /** Takes the place of what the partition told before. */
  record(batchId: string, partition: number, wait: BatchWait): Promise<void>;
  /** The partition goes on. */
  clear(batchId: string, partition: number): Promise<void>;
  /** What a batch waits for at a time: of each kind the wait that lasts longest, in the order of the kinds. */
  find(batchId: string, now: number): Promise<readonly BatchWait[]>;
}

/** What a refused submission waits for; null when it waits for nothing that passes by itself. */
export function waitKindOf(by: RefusedBy): BatchWaitKind | null {
  return batchWaitKinds.find((kind) => kind === by) ?? null;
}

/** A partition may be a little late to say that it waits on. */
const graceMilliseconds = 3_000;

export function createBatchWaits(database: Database): BatchWaits {
  return {
    async begin({ batchId, partition, partitions }) {
      await database
        .deleteFrom('batch_waits')
        .where('batch_id', '=', batchId)
        .where((expression) =>
          expression.or([
            expression('partition', '=', partition),
            ...(partition === 0 ? [expression('partition', '>=', partitions)] : []),
          ]),
        )
        .execute();
    },
    async record(batchId, partition, { kind, message, until }) {
      const row = { kind, message, until_ms: Math.round(until) };
      await database
        .insertInto('batch_waits')
        .values({ batch_id: batchId, partition, ...row })
        .onConflict((conflict) => conflict.columns(['batch_id', 'partition']).doUpdateSet(row))
        .execute();
    },
    async clear(batchId, partition) {
      await database
        .deleteFrom('batch_waits')
        .where('batch_id', '=', batchId)
        .where('partition', '=', partition)
        .execute();
    },
    async find(batchId, now) {
      const rows = await database
        .selectFrom('batch_waits')
        .selectAll()
        .where('batch_id', '=', batchId)
        .where('until_ms', '>', now - graceMilliseconds)
        .orderBy('until_ms', 'desc')
        .execute();
      return batchWaitKinds.flatMap((kind): readonly BatchWait[] => {
        const longest = rows.find((row) => row.kind === kind);
        return longest === undefined ? [] : [{ kind, message: longest.message, until: longest.until_ms }];
      });
    },
  };
}
