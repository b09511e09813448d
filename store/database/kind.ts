/** Which of the two databases a connection uses: a few statements cannot be written alike for both. */
import { PostgresAdapter, type Kysely } from 'kysely';

export function isPostgres(database: Pick<Kysely<unknown>, 'getExecutor'>): boolean {
  return database.getExecutor().adapter instanceof PostgresAdapter;
}
