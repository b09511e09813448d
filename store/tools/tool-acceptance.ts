/** Takes a request of a tool into its conversation, as its next turn. */
import type { JsonObject } from '../../workflows/contract/json/json.ts';
import type { ToolFile } from '../../workflows/contract/tools/files.ts';
import type { ToolLimits } from '../../workflows/contract/tools/limits.ts';
import type { Database } from '../database/database.ts';
import { inTransaction } from '../database/transactions.ts';
import { conversationLimits, lockConversation, removeIfOver, sizeOf } from './conversations.ts';

export interface NewToolRequest {
  readonly id: string;
  readonly tool: string;
  /** The conversation to continue, or a new one's id. */
  readonly conversationId: string;
  readonly isNewConversation: boolean;
  readonly input: JsonObject;
  readonly inputHash: string;
  /** Files whose content is stored already. */
  readonly files: readonly ToolFile[];
  readonly limits: ToolLimits;
  readonly now: Date;
  /** When the conversation ends unless it is continued. */
  readonly expiresAt: Date;
}

/**
 * `exists`: the same was asked under this id; `conflict`: something else was; `unknown`: there is no such conversation now;
 * `full`: the conversation holds as much as one may.
 */
export type ToolAcceptance = 'created' | 'exists' | 'conflict' | 'unknown' | 'full';

/** Accepts a request once. One of a conversation that is over is forgotten: its id may be used anew. */
export async function acceptRequest(database: Database, request: NewToolRequest): Promise<ToolAcceptance> {
  const { id, conversationId, now } = request;
  const expires = { expires_at: request.expiresAt.toISOString() };
  await forgetExpired(database, id, now);
  return inTransaction(database, lockConversation(conversationId), async (transaction) => {
    const known = await transaction
      .selectFrom('tool_requests')
      .select('input_hash')
      .where('id', '=', id)
      .executeTakeFirst();
    if (known !== undefined) return known.input_hash === request.inputHash ? 'exists' : 'conflict';
    if (request.isNewConversation) {
      // Nothing is kept of it, so that a smaller call may begin it.
      if (isFull({ turns: 0, textBytes: 0, fileBytes: 0 }, request)) return 'full';
      const conversation = { id: conversationId, created_at: now.toISOString(), ...expires };
      await transaction.insertInto('tool_conversations').values(conversation).execute();
    } else {
      const { numUpdatedRows } = await transaction
        .updateTable('tool_conversations')
        .set(expires)
        .where('id', '=', conversationId)
        .where('expires_at', '>', now.toISOString())
        .executeTakeFirstOrThrow();
      if (numUpdatedRows === 0n) return 'unknown';
    }
    const size = await sizeOf(transaction, conversationId);
    // The new expiry stays: a caller that is told to begin anew may still read the conversation.
    if (isFull(size, request)) return 'full';
    await transaction
      .insertInto('tool_requests')
      .values(columnsOf(request, size.turns + 1))
      .execute();
    const files = request.files.map(({ name, bytes, sha256, imageType }) => ({
      request_id: id,
      name,
      bytes,
      sha256,
      image_type: imageType,
    }));
    if (files.length > 0) await transaction.insertInto('tool_files').values(files).execute();
    return 'created';
  });
}

function columnsOf(request: NewToolRequest, turn: number) {
  return {
    id: request.id,
    tool: request.tool,
    conversation_id: request.conversationId,
    turn,
    state: 'queued',
    phase: 'queued',
    input: JSON.stringify(request.input),
    input_hash: request.inputHash,
    limits: JSON.stringify(request.limits),
    tokens: 0,
    expert_reused: 0,
    accepted_at: request.now.toISOString(),
  };
}

function isFull(size: Awaited<ReturnType<typeof sizeOf>>, { input, files }: NewToolRequest): boolean {
  const textBytes = size.textBytes + Buffer.byteLength(JSON.stringify(input));
  const fileBytes = files.reduce((sum, { bytes }) => sum + bytes, size.fileBytes);
  const { turns: mostTurns, textBytes: mostText, fileBytes: mostFiles } = conversationLimits;
  return size.turns >= mostTurns || textBytes > mostText || fileBytes > mostFiles;
}

async function forgetExpired(database: Database, id: string, now: Date): Promise<void> {
  const expired = await database
    .selectFrom('tool_requests')
    .innerJoin('tool_conversations', 'tool_conversations.id', 'tool_requests.conversation_id')
    .select('tool_conversations.id')
    .where('tool_requests.id', '=', id)
    .where('tool_conversations.expires_at', '<=', now.toISOString())
    .executeTakeFirst();
  if (expired !== undefined) await removeIfOver(database, expired.id, now);
}
