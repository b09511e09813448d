/** Expressions that the two databases spell differently. */
import { sql, type Kysely, type RawBuilder } from 'kysely';
import { isPostgres } from './kind.ts';

/** A text in a JSON column, by the name of its top-level field. Names come from the program only: they become SQL. */
export function jsonText<Tables>(database: Kysely<Tables>, column: string, field: string): RawBuilder<string> {
  return isPostgres(database)
    ? sql`(${sql.ref(column)}::json ->> ${sql.lit(field)})`
    : sql`json_extract(${sql.ref(column)}, ${sql.lit(`$.${field}`)})`;
}

/** Whether a column contains a text, ignoring case. */
export function containsText(column: string, text: string): RawBuilder<boolean> {
  const pattern = `%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
  return sql`lower(${sql.ref(column)}) like lower(${pattern}) escape '\\'`;
}
