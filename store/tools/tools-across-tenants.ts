/** What concerns the tool requests of all tenants: the order in which they wait, and conversations that are over. */
import { sql } from 'kysely';
import type { Database } from '../database/database.ts';
import { isOver, removeIfOver } from './conversations.ts';
import { headColumns, headOf, type ToolRequestHead } from './tool-request-row.ts';

export interface ToolsAcrossTenants {
  /** How many requests wait that were accepted before this moment. */
  waitingBefore(acceptedAt: string): Promise<number>;
  /** Requests that no worker has begun, the oldest first. */
  waiting(limit: number): Promise<readonly { readonly tenant: string; readonly head: ToolRequestHead }[]>;
  /** Removes conversations that have ended, unless a request of theirs has not, with their requests and what these have recorded. Returns how many. */
  removeExpired(now: Date): Promise<number>;
}

/** Conversations that are looked for in one statement. */
const atOnce = 200;

/** `database` is bound to no tenant. */
export function createToolsAcrossTenants(database: Database): ToolsAcrossTenants {
  return {
    async waitingBefore(acceptedAt) {
      const { waiting } = await database
        .selectFrom('tool_requests')
        .select(({ fn }) => fn.countAll<number>().as('waiting'))
        // As a literal: SQLite finds the index of such rows by no parameter.
        .where(sql<boolean>`state = 'queued'`)
        .where('accepted_at', '<', acceptedAt)
        .executeTakeFirstOrThrow();
      return waiting;
    },
    async waiting(limit) {
      const rows = await database
        .selectFrom('tool_requests')
        .select([...headColumns, 'tenant'])
        .where(sql<boolean>`state = 'queued'`)
        .orderBy('accepted_at')
        .limit(limit)
        .execute();
      return rows.map(({ tenant, ...row }) => ({ tenant, head: headOf(row) }));
    },
    async removeExpired(now) {
      let removed = 0;
      for (;;) {
        const expired = await database
          .selectFrom('tool_conversations')
          .select('id')
          .where(isOver(now))
          .limit(atOnce)
          .execute();
        for (const { id } of expired) if (await removeIfOver(database, id, now)) removed += 1;
        if (expired.length < atOnce) return removed;
      }
    },
  };
}
