/**
 * Answers of AI steps, kept for the same request of another job of the tenant. A row names the content of the answer, and keeps
 * it from being removed until it expires; the sweep removes the row then.
 */
import type { Database } from '../database/database.ts';

export interface KeptAnswers {
  /** The content of an answer to this request that was kept at that time or later and has not expired; null when there is none. */
  find(key: string, keptSince: Date, now: Date): Promise<string | null>;
  /** Keeps an answer in place of any earlier one to the same request. */
  keep(answer: KeptAnswer): Promise<void>;
}

export interface KeptAnswer {
  readonly key: string;
  readonly sha256: string;
  readonly now: Date;
  readonly expiresAt: Date;
}

export function createKeptAnswers(database: Database): KeptAnswers {
  return {
    async find(key, keptSince, now) {
      const row = await database
        .selectFrom('kept_answers')
        .select('sha256')
        .where('key', '=', key)
        .where('kept_at', '>=', keptSince.toISOString())
        .where('expires_at', '>', now.toISOString())
        .executeTakeFirst();
      return row?.sha256 ?? null;
    },
    async keep({ key, sha256, now, expiresAt }) {
      const kept = { sha256, kept_at: now.toISOString(), expires_at: expiresAt.toISOString() };
      await database
        .insertInto('kept_answers')
        .values({ key, ...kept })
        .onConflict((conflict) => conflict.columns(['tenant', 'key']).doUpdateSet(kept))
        .execute();
    },
  };
}

/** Works across tenants. */
export async function forgetExpiredAnswers(database: Database, now: Date): Promise<void> {
  await database.deleteFrom('kept_answers').where('expires_at', '<=', now.toISOString()).execute();
}

/** Forgets answers as old as files that retention removes. Works across tenants. */
export async function forgetAnswersBefore(database: Database, before: Date): Promise<void> {
  await database.deleteFrom('kept_answers').where('kept_at', '<=', before.toISOString()).execute();
}
