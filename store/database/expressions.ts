/** Expressions for conditions that several queries share. */
import { sql, type RawBuilder } from 'kysely';

/** Whether a column contains a text, ignoring case. */
export function containsText(column: string, text: string): RawBuilder<boolean> {
  const pattern = `%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
  return sql`lower(${sql.ref(column)}) like lower(${pattern}) escape '\\'`;
}
