/** The parts of an installation and their states, written by the process that supervises them, and read by the API. */
import { z } from 'zod';
import type { Database } from '../database/database.ts';

export const partStates = ['starting', 'running', 'waiting', 'given_up', 'stopped'] as const;
export type PartState = (typeof partStates)[number];

export interface Part {
  readonly name: string;
  /** `waiting`: it died, and is started again after a while. */
  readonly state: PartState;
  /** How often it was restarted since the installation was started. */
  readonly restarts: number;
  readonly lastDeath: PartDeath | null;
}

export interface PartDeath {
  /** ISO 8601, UTC. */
  readonly at: string;
  /** The end of a sentence about the part, as in "was killed by SIGKILL". */
  readonly reason: string;
}

export interface Parts {
  write(part: Part, now: Date): Promise<void>;
  /** Confirms that all parts are still supervised. */
  see(now: Date): Promise<void>;
  /** The supervised parts, by name: rows of a dead supervisor are not returned. */
  list(now: Date): Promise<readonly Part[]>;
  /** Called when an installation starts, and when it has stopped in order. */
  clear(): Promise<void>;
}

/** The longest time between two confirmations of a supervisor. */
export const partsSeenEveryMilliseconds = 30_000;
const StateSchema = z.enum(partStates);

export function createParts(database: Database): Parts {
  return {
    async write({ name, state, restarts, lastDeath }, now) {
      const values = {
        state,
        restarts,
        last_death_at: lastDeath?.at ?? null,
        last_death_reason: lastDeath?.reason ?? null,
        seen_at: now.toISOString(),
      };
      await database
        .insertInto('parts')
        .values({ name, ...values })
        .onConflict((conflict) => conflict.column('name').doUpdateSet(values))
        .execute();
    },
    async see(now) {
      await database.updateTable('parts').set({ seen_at: now.toISOString() }).execute();
    },
    async list(now) {
      const oldest = new Date(now.getTime() - 4 * partsSeenEveryMilliseconds).toISOString();
      const rows = await database
        .selectFrom('parts')
        .selectAll()
        .where('seen_at', '>=', oldest)
        .orderBy('name')
        .execute();
      return rows.map(({ name, state, restarts, last_death_at: at, last_death_reason: reason }) => ({
        name,
        state: StateSchema.parse(state),
        restarts,
        lastDeath: at === null ? null : { at, reason: reason ?? '' },
      }));
    },
    async clear() {
      await database.deleteFrom('parts').execute();
    },
  };
}
