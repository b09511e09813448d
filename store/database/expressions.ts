/** Expressions for conditions that several queries share. */
import { sql, type Kysely, type RawBuilder } from 'kysely';
import { isPostgres } from './kind.ts';

/** Whether a column contains a text, ignoring case. */
export function containsText(column: string, text: string): RawBuilder<boolean> {
  const pattern = `%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
  return sql`lower(${sql.ref(column)}) like lower(${pattern}) escape '\\'`;
}

/**
 * A column by whose index SQLite must not search, because another one has fewer rows; it knows no figures of them. PostgreSQL
 * knows them from its statistics.
 */
export function notByIndex(database: Pick<Kysely<unknown>, 'getExecutor'>, column: string): RawBuilder<string> {
  return isPostgres(database) ? sql`${sql.ref(column)}` : sql`+${sql.ref(column)}`;
}
