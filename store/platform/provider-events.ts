/**
 * The model provider's events: which responses have ended. Whoever waits for a response learns of its end here, and a
 * call whose answer was lost before its id was stored is found again by its own key.
 */
import { sql } from 'kysely';
import type { Database } from '../database/database.ts';

export interface ProviderEvents {
  /** Records that a response has ended. A repeated event, as providers send them, changes nothing. */
  record(event: { readonly responseId: string; readonly type: string; readonly now: number }): Promise<void>;
  /** When the newest event came, in milliseconds since the epoch; null when there is none. */
  newestAt(): Promise<number | null>;
  /** Those of these responses that have an event. */
  ended(responseIds: readonly string[]): Promise<readonly string[]>;
  /** Ended responses that belong to no batch item and no model call, and whose call was not looked up; newest first. */
  unnamed(limit: number): Promise<readonly string[]>;
  /** Records which call a response answers; null for one that is not ours. */
  name(responseId: string, callKey: string | null): Promise<void>;
  /** The newest ended response that answers a call, if its call was looked up. */
  responseTo(callKey: string): Promise<string | null>;
  /** Deletes events that came before a time. */
  discardBefore(milliseconds: number): Promise<void>;
}

export function createProviderEvents(database: Database): ProviderEvents {
  return {
    async record({ responseId, type, now }) {
      await database
        .insertInto('provider_events')
        .values({ response_id: responseId, type, received_ms: now, call_key: null })
        .onConflict((conflict) => conflict.column('response_id').doNothing())
        .execute();
    },
    async newestAt() {
      const row = await database
        .selectFrom('provider_events')
        .select('received_ms')
        .orderBy('received_ms', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row?.received_ms ?? null;
    },
    async ended(responseIds) {
      const rows = await database
        .selectFrom('provider_events')
        .select('response_id')
        .where('response_id', 'in', responseIds)
        .execute();
      return rows.map(({ response_id: id }) => id);
    },
    async unnamed(limit) {
      // Responses that are known otherwise are marked for good, so that later look-ups skip them.
      await sql`update provider_events set call_key = '' where call_key is null and (
        exists (select 1 from batch_items i where i.response_id = provider_events.response_id) or
        exists (select 1 from model_calls c where c.response_id = provider_events.response_id))`.execute(database);
      const rows = await database
        .selectFrom('provider_events')
        .select('response_id')
        .where('call_key', 'is', null)
        .orderBy('received_ms', 'desc')
        .limit(limit)
        .execute();
      return rows.map(({ response_id: id }) => id);
    },
    async name(responseId, callKey) {
      await database
        .updateTable('provider_events')
        .set({ call_key: callKey ?? '' })
        .where('response_id', '=', responseId)
        .execute();
    },
    async responseTo(callKey) {
      const row = await database
        .selectFrom('provider_events')
        .select('response_id')
        .where('call_key', '=', callKey)
        .orderBy('received_ms', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row?.response_id ?? null;
    },
    async discardBefore(milliseconds) {
      await database.deleteFrom('provider_events').where('received_ms', '<', milliseconds).execute();
    },
  };
}
