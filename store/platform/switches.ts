/** The platform's switches: an existing row stops a kind of work everywhere. Read before every submission. */
import type { Database } from '../database/database.ts';

/** Stops all submissions of batches. */
export const batchSwitch = 'batches';

export interface SwitchState {
  /** Why it was switched on. */
  readonly message: string;
  /** ISO 8601, UTC. */
  readonly at: string;
}

export interface Switches {
  /** Null when nothing is stopped. */
  find(name: string): Promise<SwitchState | null>;
  stop(name: string, message: string, now: Date): Promise<void>;
  resume(name: string): Promise<void>;
}

export function createSwitches(database: Database): Switches {
  return {
    async find(name) {
      const row = await database
        .selectFrom('switches')
        .select(['message', 'at'])
        .where('name', '=', name)
        .executeTakeFirst();
      return row ?? null;
    },
    async stop(name, message, now) {
      const row = { name, message, at: now.toISOString() };
      await database
        .insertInto('switches')
        .values(row)
        .onConflict((conflict) => conflict.column('name').doNothing())
        .execute();
    },
    async resume(name) {
      await database.deleteFrom('switches').where('name', '=', name).execute();
    },
  };
}
