/** Lists of tool requests for people: the newest of all, and those of one conversation. */
import { sql } from 'kysely';
import type { Database } from '../database/database.ts';
import { headColumns, headOf, type ToolRequestHead } from './tool-request-row.ts';

export interface ToolRequestPage {
  readonly requests: readonly ToolRequestHead[];
  /** `before` of the next page; null on the last. */
  readonly next: string | null;
}

export interface ToolLists {
  /** The newest first; `before` is the id of the last request of the page before. An unknown one begins anew. */
  page(filter: { readonly before: string | undefined; readonly limit: number }): Promise<ToolRequestPage>;
  /** The newest requests of a conversation, oldest first. */
  ofConversation(conversationId: string, limit: number): Promise<readonly ToolRequestHead[]>;
}

export function createToolLists(database: Database): ToolLists {
  const rows = () => database.selectFrom('tool_requests').select(headColumns);
  const acceptedAt = async (id: string): Promise<string | undefined> =>
    (await database.selectFrom('tool_requests').select('accepted_at').where('id', '=', id).executeTakeFirst())
      ?.accepted_at;
  return {
    async page({ before, limit }) {
      let query = rows();
      const at = before === undefined ? undefined : await acceptedAt(before);
      if (at !== undefined) query = query.where(sql<boolean>`(accepted_at, id) < (${at}, ${before})`);
      const found = await query
        .orderBy('accepted_at', 'desc')
        .orderBy('id', 'desc')
        .limit(limit + 1)
        .execute();
      const requests = found.slice(0, limit).map(headOf);
      return { requests, next: found.length > limit ? (requests.at(-1)?.id ?? null) : null };
    },
    async ofConversation(conversationId, limit) {
      const newest = await rows()
        .where('conversation_id', '=', conversationId)
        .orderBy('turn', 'desc')
        .limit(limit)
        .execute();
      return newest.toReversed().map(headOf);
    },
  };
}
