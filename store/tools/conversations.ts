/** The end of conversations: what was recorded of their requests goes with them, so that no later request finds it. */
import { sql, type ExpressionBuilder, type Kysely } from 'kysely';
import type { Database, Tables } from '../database/database.ts';
import { inTransaction, lockName } from '../database/transactions.ts';

/** The most that a conversation holds; the API refuses a turn beyond it. */
export const conversationLimits = {
  turns: 200,
  /** Of all questions and answers. */
  textBytes: 4 * 2 ** 20,
  fileBytes: 100 * 2 ** 20,
} as const;

/** As part of a sentence. */
export const conversationLimitText = `the most that one may (${conversationLimits.turns} turns, ${conversationLimits.textBytes / 2 ** 20} MiB of text, ${conversationLimits.fileBytes / 2 ** 20} MiB of files)`;

export function lockConversation(id: string) {
  return lockName(`tools/${id}`);
}

/** What a conversation holds already. */
export async function sizeOf(
  database: Kysely<Tables>,
  conversationId: string,
): Promise<{ readonly turns: number; readonly textBytes: number; readonly fileBytes: number }> {
  const bytes = sql<number | null>`sum(octet_length(input) + coalesce(octet_length(answer), 0)
    + coalesce(octet_length(expert_answer), 0))`;
  const texts = await database
    .selectFrom('tool_requests')
    .select(({ fn }) => [fn.max('turn').as('turns'), bytes.as('bytes')])
    .where('conversation_id', '=', conversationId)
    .executeTakeFirstOrThrow();
  const files = await database
    .selectFrom('tool_files')
    .innerJoin('tool_requests', 'tool_requests.id', 'tool_files.request_id')
    .select(({ fn }) => fn.sum<number | null>('tool_files.bytes').as('bytes'))
    .where('tool_requests.conversation_id', '=', conversationId)
    .executeTakeFirstOrThrow();
  return { turns: texts.turns ?? 0, textBytes: texts.bytes ?? 0, fileBytes: files.bytes ?? 0 };
}

/** After so long, a request that has not ended has been forgotten: its workflow was terminated, for instance. */
const forgottenMilliseconds = 30 * 24 * 3_600_000;

/**
 * What may be removed at this moment. A request that has not ended keeps its conversation: what is recorded of it later would
 * stay without one for ever.
 */
export function isOver(now: Date) {
  return (build: ExpressionBuilder<Tables, 'tool_conversations'>) => {
    const expiredBefore = (date: Date) => build('expires_at', '<=', date.toISOString());
    const unended = build
      .selectFrom('tool_requests')
      .select('tool_requests.id')
      .whereRef('tool_requests.conversation_id', '=', 'tool_conversations.id')
      .where('tool_requests.state', '!=', 'ended');
    const isForgotten = expiredBefore(new Date(now.getTime() - forgottenMilliseconds));
    return build.and([expiredBefore(now), build.or([build.not(build.exists(unended)), isForgotten])]);
  };
}

/**
 * Removes a conversation that was over before this moment. What its requests have paid is in the ledger and among the model calls
 * under their ids; the calls of a job's steps are the job's, and stay with it.
 */
export async function removeIfOver(database: Database, id: string, now: Date): Promise<boolean> {
  return inTransaction(database, lockConversation(id), async (transaction) => {
    const { numDeletedRows } = await transaction
      .deleteFrom('tool_conversations')
      .where('id', '=', id)
      .where(isOver(now))
      .executeTakeFirstOrThrow();
    if (numDeletedRows === 0n) return false;
    const requests = transaction.selectFrom('tool_requests').select('id').where('conversation_id', '=', id);
    await transaction.deleteFrom('ledger').where('job_id', 'in', requests).execute();
    await transaction.deleteFrom('model_calls').where('job_id', 'in', requests).execute();
    await transaction.deleteFrom('tool_work').where('request_id', 'in', requests).execute();
    await transaction.deleteFrom('tool_files').where('request_id', 'in', requests).execute();
    await transaction.deleteFrom('tool_requests').where('conversation_id', '=', id).execute();
    return true;
  });
}
