/** Which of the two databases a connection speaks to: a few statements cannot be written alike for both. */
import { PostgresAdapter, type Kysely } from 'kysely';

export function isPostgres<Tables>(database: Kysely<Tables>): boolean {
  return database.getExecutor().adapter instanceof PostgresAdapter;
}
