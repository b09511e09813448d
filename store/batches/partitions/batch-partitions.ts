/**
 * How a partition takes free items and writes their changes. Each write carries the partition's fencing token, so an attempt
 * that was given up but is still alive changes nothing. The next attempt of a partition finds its open items here.
 */
import { sql, type QueryCreator } from 'kysely';
import type { BatchItemEnd } from '../../../workflows/contract/batches/batch.ts';
import type { Reason } from '../../../workflows/contract/failures.ts';
import type { JsonValue } from '../../../workflows/contract/json/json.ts';
import type { Run } from '../../../workflows/contract/runs/run.ts';
import type { Usage } from '../../../workflows/contract/usage.ts';
import type { Artifacts } from '../../artifacts/artifacts.ts';
import { awaitsOrHas, beginGeneration, fenceOff, isNewestGeneration, type FencingToken } from './batch-fencing.ts';
import { itemOf, openStatuses, takeItems, type OpenItem } from '../items/open-items.ts';
import { inPortions } from '../in-portions.ts';
import { admitItem, settleSpend, type Admission, type AdmissionRequest } from './batch-spend.ts';
import { toNano } from '../../database/tables/batch-tables.ts';
import type { Database, Tables } from '../../database/database.ts';
import { notByIndex } from '../../database/expressions.ts';
import { errorColumns } from '../../database/reason-columns.ts';
import { inTransaction, lockBatch, noLock, persistently } from '../../database/transactions.ts';
import { Superseded } from '../../jobs/ledger.ts';
import { recordRuns, withRun } from '../../runs/insert-run.ts';
import { itemRun, itemRunColumns, itemRuns, type OpenItemRow } from '../../runs/item-run.ts';

/** The outcome of a call after which the item is retried. */
export interface RetryChange {
  readonly position: number;
  readonly reason: Reason;
  readonly nextAttemptAt: number;
  /** False does not count the attempt: the call only showed that the provider is still down. */
  readonly counted: boolean;
  /** What the call has cost; null when the provider never made it. */
  readonly usage: Usage | null;
  /** The call may have been paid although its answer is lost: its reserved amount counts as spent, and the item is flagged. */
  readonly uncertain: boolean;
}

export interface EndChange {
  readonly position: number;
  readonly status: BatchItemEnd;
  readonly reason: Reason | null;
  readonly output: JsonValue | null;
  /** The model that was asked. */
  readonly model: string;
  readonly usage: Usage | null;
  readonly uncertain: boolean;
  readonly now: number;
}

export interface BatchPartitions {
  /**
   * Begins an attempt of a partition and fences off earlier ones. Returns its token and the partition's open items. Partition 0
   * also takes over the items of partitions numbered `partitions` and above; with `partitions: 0` those of all partitions.
   */
  begin(partition: { batchId: string; partition: number; partitions: number }): Promise<{
    readonly key: FencingToken;
    readonly items: readonly OpenItem[];
  }>;
  /** Takes up to `count` free items below a position, in order. */
  take(key: FencingToken, until: number, count: number): Promise<readonly OpenItem[]>;
  /** Asks for admission of an item's call; when it is given, reserves the cost and sets the item to `intended`. */
  admit(key: FencingToken, request: AdmissionRequest): Promise<Admission>;
  /** Stores the provider's id of the response and sets the item to `submitted`. */
  submitted(key: FencingToken, position: number, responseId: string): Promise<void>;
  /**
   * Stores the id of a response whose item another attempt has taken over meanwhile. That attempt finds it; if it has already
   * treated the call as lost, the reconciliation finds it.
   */
  recordOrphanedResponse(batchId: string, position: number, responseId: string): Promise<void>;
  /** The provider's id of an item's last response, whichever attempt stored it; null when there is none. */
  responseOf(batchId: string, position: number): Promise<string | null>;
  /** Sets the item back to `pending` and books what the call has cost. */
  retry(key: FencingToken, change: RetryChange): Promise<void>;
  /** Ends the item with its result and books what the call has cost. */
  end(key: FencingToken, change: EndChange): Promise<void>;
  /** Ends all pending items that are free or belong to this partition. Returns how many. */
  endUnsubmitted(key: FencingToken, end: { status: BatchItemEnd; reason: Reason; now: number }): Promise<number>;
}

const submission = { column: 'status', before: 'intended', after: 'submitted', idColumn: 'response_id' } as const;

/** Larger results (bytes of JSON) are stored as artifacts. */
const inlineBytes = 32 * 1024;

export function createBatchPartitions(database: Database, artifacts: Artifacts): BatchPartitions {
  return {
    begin: (partition) => begin(database, partition),
    take: (key, until, count) => takeItems(database, key, { until, count, which: sql`pending.partition is null` }),
    admit: (key, request) => admitItem(database, key, request),
    async submitted(key, position, responseId) {
      const write = database
        .updateTable('batch_items')
        .set({ status: 'submitted', response_id: responseId })
        .where('batch_id', '=', key.batchId)
        .where('position', '=', position)
        .where(awaitsOrHas({ ...submission, id: responseId }))
        .where('partition', '=', key.partition)
        .where(isNewestGeneration(database, key));
      const { numUpdatedRows } = await persistently(database, () => write.executeTakeFirstOrThrow());
      if (numUpdatedRows === 0n) throw new Superseded(`item ${position} belongs to another attempt`);
    },
    async recordOrphanedResponse(batchId, position, responseId) {
      const write = database
        .updateTable('batch_items')
        .set({ response_id: responseId })
        .where('batch_id', '=', batchId)
        .where('position', '=', position)
        .where('status', 'in', ['intended', 'uncertain'])
        .where('response_id', 'is', null);
      await persistently(database, () => write.execute());
    },
    async responseOf(batchId, position) {
      const row = await database
        .selectFrom('batch_items')
        .select('response_id')
        .where('batch_id', '=', batchId)
        .where('position', '=', position)
        .executeTakeFirst();
      return row?.response_id ?? null;
    },
    async retry(key, { position, reason, nextAttemptAt, counted, usage, uncertain }) {
      const columns = {
        status: 'pending',
        ...errorColumns(reason),
        next_attempt_ms: Math.round(nextAttemptAt),
        ...(counted ? {} : { attempts: sql<number>`attempts - 1` }),
      };
      await settle(database, key, { position, usage, uncertain }, columns, () => null);
    },
    async end(key, { position, status, reason, output, model, usage, uncertain, now }) {
      const columns = {
        status,
        ...errorColumns(reason),
        ...(await outputColumns(artifacts, output)),
        next_attempt_ms: null,
        ended_ms: now,
      };
      const item = { batchId: key.batchId, position, status, reason, model, now, usage };
      await settle(database, key, { position, usage, uncertain }, columns, (row, costNano) =>
        itemRun({ ...item, costNano }, row),
      );
    },
    async endUnsubmitted(key, { status, reason, now }) {
      return inPortions(database, key.batchId, async (transaction, { from, to }) => {
        const ended = await transaction
          .updateTable('batch_items')
          .set({ status, ...errorColumns(reason), next_attempt_ms: null, ended_ms: now })
          .where('batch_id', '=', key.batchId)
          .where('position', '>=', from)
          .where('position', '<', to)
          .where(notByIndex(transaction, 'status'), '=', 'pending')
          .where((expression) =>
            expression.or([expression('partition', 'is', null), expression('partition', '=', key.partition)]),
          )
          .where(isNewestGeneration(transaction, key))
          .returning(itemRunColumns)
          .execute();
        await recordRuns(transaction, itemRuns({ batchId: key.batchId, status, reason, now }, ended));
        return BigInt(ended.length);
      });
    },
  };
}

async function begin(
  database: Database,
  { batchId, partition, partitions }: { batchId: string; partition: number; partitions: number },
): Promise<{ key: FencingToken; items: readonly OpenItem[] }> {
  return inTransaction(database, noLock, async (transaction) => {
    const key = await beginGeneration(transaction, batchId, partition);
    // An attempt that was given up could otherwise still take free items.
    if (partition === 0) await fenceOff(transaction, batchId, partitions);
    // Partition 0 takes over items of partitions that no longer exist: when `parallel` was lowered, and when the batch is stopped.
    const rows = await transaction
      .updateTable('batch_items')
      .set({ partition })
      .where('batch_id', '=', batchId)
      .where('status', 'in', openStatuses)
      .where((expression) =>
        expression.or([
          expression('partition', '=', partition),
          ...(partition === 0 ? [expression('partition', '>=', partitions)] : []),
        ]),
      )
      .returningAll()
      .execute();
    const items = rows.map(itemOf).sort((left, right) => left.position - right.position);
    return { key, items };
  });
}

type ItemColumns = Partial<{
  status: string;
  error: string | null;
  error_type: string | null;
  next_attempt_ms: number | null;
  ended_ms: number;
  attempts: ReturnType<typeof sql<number>>;
  output: string | null;
  output_sha256: string | null;
}>;

/** Changes an open item, replaces its reservation by what its call has cost, and records its run, if that has ended. */
async function settle(
  database: Database,
  key: FencingToken,
  { position, usage, uncertain }: Pick<EndChange, 'position' | 'usage' | 'uncertain'>,
  columns: ItemColumns,
  runOf: (row: OpenItemRow, costNano: number) => Run | null,
): Promise<void> {
  await inTransaction(database, lockBatch(key.batchId), async (transaction) => {
    const held = await transaction
      .updateTable('batch_items')
      .set((expression) => ({ position: expression.ref('position') }))
      .where('batch_id', '=', key.batchId)
      .where('position', '=', position)
      .where('status', 'in', openStatuses)
      .where('partition', '=', key.partition)
      .where(isNewestGeneration(transaction, key))
      .returning([
        'reserved_nano',
        'reserved_minute',
        'created_ms',
        'intended_ms',
        'attempts',
        'input_tokens',
        'output_tokens',
        'cost_nano',
      ])
      .executeTakeFirst();
    if (held === undefined) throw new Superseded(`item ${position} belongs to another attempt`);
    const nano = held.reserved_nano;
    const costNano = uncertain ? nano : usage === null ? 0 : toNano(usage.costUsd);
    const change = (creator: QueryCreator<Tables>) =>
      creator
        .updateTable('batch_items')
        .set((expression) => ({
          ...columns,
          reserved_nano: 0,
          cost_nano: expression('cost_nano', '+', costNano),
          input_tokens: expression('input_tokens', '+', usage?.inputTokens ?? 0),
          cached_input_tokens: expression('cached_input_tokens', '+', usage?.cachedInputTokens ?? 0),
          output_tokens: expression('output_tokens', '+', usage?.outputTokens ?? 0),
          ...(uncertain ? { flagged: 1 } : {}),
        }))
        .where('batch_id', '=', key.batchId)
        .where('position', '=', position)
        .execute();
    await withRun(transaction, runOf(held, costNano), change);
    if (nano > 0 || costNano > 0) {
      await settleSpend(transaction, key.batchId, { nano, minute: held.reserved_minute }, costNano);
    }
  });
}

async function outputColumns(artifacts: Artifacts, output: JsonValue | null): Promise<ItemColumns> {
  if (output === null) return { output: null, output_sha256: null };
  const text = JSON.stringify(output);
  if (Buffer.byteLength(text) <= inlineBytes) return { output: text, output_sha256: null };
  const { sha256 } = await artifacts.putContent(Buffer.from(text));
  return { output: null, output_sha256: sha256 };
}
