/** Answers that came to light after their item was given up as perhaps paid. */
import type { Reason } from '../../../workflows/contract/failures.ts';
import type { JsonValue } from '../../../workflows/contract/json/json.ts';
import type { Usage } from '../../../workflows/contract/usage.ts';
import type { Artifacts } from '../../artifacts/artifacts.ts';
import type { Database } from '../../database/database.ts';
import { inTransaction, lockBatch } from '../../database/transactions.ts';
import { itemRunKey } from '../../runs/item-run.ts';
import { errorColumns } from '../../database/reason-columns.ts';
import type { OrphanedItem } from '../batch-health.ts';

export type LateEnd = { readonly usage: Usage; readonly now: number } & (
  | { readonly output: JsonValue; readonly reason: null }
  | { readonly output: null; readonly reason: Reason }
);

export interface LateAnswers {
  /**
   * Records what became of the call of an item that was given up: its answer, or the reason why it has none. What it cost
   * stays at the worst case that was booked.
   */
  record(item: OrphanedItem, end: LateEnd): Promise<void>;
}

export function createLateAnswers(database: Database, artifacts: Artifacts): LateAnswers {
  return {
    async record({ batchId, position, responseId }, { output, reason, usage, now }) {
      const isAnswer = reason === null;
      const content = isAnswer ? await artifacts.putContent(Buffer.from(JSON.stringify(output))) : null;
      const item = database
        .updateTable('batch_items')
        .set({
          status: isAnswer ? 'succeeded' : 'failed',
          ...errorColumns(reason),
          output_sha256: content?.sha256 ?? null,
          ended_ms: now,
          input_tokens: usage.inputTokens,
          cached_input_tokens: usage.cachedInputTokens,
          output_tokens: usage.outputTokens,
        })
        .where('batch_id', '=', batchId)
        .where('position', '=', position)
        .where('status', '=', 'uncertain')
        .where('response_id', '=', responseId)
        .returning('intended_ms');
      await inTransaction(database, lockBatch(batchId), async (transaction) => {
        const [ended] = await transaction.executeQuery(item).then(({ rows }) => rows);
        if (ended === undefined) return;
        await transaction
          .updateTable('runs')
          .set({ outcome: isAnswer ? 'succeeded' : 'failed', reason: reason?.type ?? null })
          .where('key', '=', itemRunKey(batchId, position, ended.intended_ms))
          .execute();
      });
    },
  };
}
