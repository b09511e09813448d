/** Names columns of steps and of turns as the field does: `rung` becomes `recovery_level`, and `words` of a turn its `text`. */
import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { lockTables } from './statements.ts';

/** With those of the next migrations, which run in the same transaction. */
const lockedTables = ['jobs', 'batches', 'upload_turns', 'provider_gates', 'batch_lanes', 'batch_items'];

export const recoveryLevel: Migration = {
  async up(database: Kysely<unknown>) {
    await lockTables(database, lockedTables);
    await sql`alter table steps rename column rung to recovery_level`.execute(database);
    await sql`alter table computer_turns rename column rung to recovery_level`.execute(database);
    await sql`alter table computer_turns rename column words to text`.execute(database);
  },
};
