/**
 * Columns for what queries search in JSON: the type of an item's error and the mode of a batch. PostgreSQL cannot read a field
 * of a JSON text that holds half of a character or NUL anywhere, as a message of foreign origin may.
 */
import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { z } from 'zod';
import { isPostgres } from '../kind.ts';
import { lockTables, runStatements } from './statements.ts';

/** The table as this migration finds and leaves it. */
type TablesHere = { batches: { id: string; definition: string; mode: string } };

export const searchedColumns: Migration = {
  async up(database: Kysely<unknown>) {
    await lockTables(database, ['batches', 'batch_items']);
    // A message cannot look like the type: quotes within a text of JSON are escaped.
    const type = isPostgres(database) ? `substring(error from '"type":"([a-z_]+)"')` : `json_extract(error, '$.type')`;
    await runStatements(database, [
      `alter table batch_items add column error_type text`,
      `alter table batches add column mode text not null default 'standard'`,
      `update batch_items set error_type = ${type} where error is not null`,
    ]);
    await readModes(database.withTables<TablesHere>());
  },
};

const Definition = z.looseObject({ mode: z.string() });
const rowsAtOnce = 200;

async function readModes(database: Kysely<TablesHere>): Promise<void> {
  for (let after = ''; ;) {
    const rows = await database
      .selectFrom('batches')
      .select(['id', 'definition'])
      .where('id', '>', after)
      .orderBy('id')
      .limit(rowsAtOnce)
      .execute();
    for (const { id, definition } of rows) {
      const read = Definition.safeParse(JSON.parse(definition));
      if (!read.success || read.data.mode === 'standard') continue;
      await database.updateTable('batches').set({ mode: read.data.mode }).where('id', '=', id).execute();
    }
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.id;
  }
}
