/** What concerns the tool requests of all tenants: the order in which they wait, and conversations that are over. */
import type { Database } from '../database/database.ts';

export interface ToolsAcrossTenants {
  /** How many requests wait that were accepted before this moment. */
  waitingBefore(acceptedAt: string): Promise<number>;
  /** Removes conversations that have ended, with their requests. Returns how many. */
  removeExpired(now: Date): Promise<number>;
}

/** `database` is bound to no tenant. */
export function createToolsAcrossTenants(database: Database): ToolsAcrossTenants {
  return {
    async waitingBefore(acceptedAt) {
      const { waiting } = await database
        .selectFrom('tool_requests')
        .select(({ fn }) => fn.countAll<number>().as('waiting'))
        .where('state', '=', 'queued')
        .where('accepted_at', '<', acceptedAt)
        .executeTakeFirstOrThrow();
      return waiting;
    },
    async removeExpired(now) {
      const ended = database.selectFrom('tool_conversations').select('id').where('expires_at', '<', now.toISOString());
      const requests = database.selectFrom('tool_requests').select('id').where('conversation_id', 'in', ended);
      await database.deleteFrom('tool_files').where('request_id', 'in', requests).execute();
      await database.deleteFrom('tool_requests').where('conversation_id', 'in', ended).execute();
      const { numDeletedRows } = await database
        .deleteFrom('tool_conversations')
        .where('expires_at', '<', now.toISOString())
        .executeTakeFirstOrThrow();
      return Number(numDeletedRows);
    },
  };
}
