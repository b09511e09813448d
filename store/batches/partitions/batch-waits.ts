/**
 * What the partitions of a batch wait for; each partition stores its own wait, and pages and the API show them. A row counts
 * until the time at which the partition expects to continue, so that the row of a killed worker soon disappears.
 */
import { batchWaitKinds, type BatchWaitKind } from '../../../workflows/contract/batches/batch.ts';
import type { RefusedBy } from './batch-spend.ts';
import type { Database } from '../../database/database.ts';

export interface BatchWait {
  readonly kind: BatchWaitKind;
  /** What the partition waits for, in a sentence. */
  readonly message: string;
  /** When it is expected to continue, in milliseconds since the epoch. */
  readonly until: number;
}

export interface BatchWaits {
  /** Deletes a partition's wait when an attempt begins; partition 0 also deletes those of partitions that no longer exist. */
  begin(partition: {
    readonly batchId: string;
    readonly partition: number;
    readonly partitions: number;
  }): Promise<void>;
  /** Stores what the partition waits for, in place of its earlier wait. */
  record(batchId: string, partition: number, wait: BatchWait): Promise<void>;
  /** Deletes the partition's wait: it has continued. */
  clear(batchId: string, partition: number): Promise<void>;
  /** What a batch waits for at a time: the longest wait of each kind, in the order of the kinds. */
  find(batchId: string, now: number): Promise<readonly BatchWait[]>;
}

/** The kind of wait that a refusal leads to; null when the refusal does not pass by itself. */
export function waitKindOf(by: RefusedBy): BatchWaitKind | null {
  return batchWaitKinds.find((kind) => kind === by) ?? null;
}

/** A partition may renew its wait a little late. */
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
