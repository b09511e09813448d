/** Statements about whole databases, each on a connection of its own that is closed afterwards. */
import pg from 'pg';

/** Runs work on a connection to this address. */
export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/**
 * Whoever is still connected is cut off. `drop database … with (force)` would fail while autovacuum is in the database: only
 * a superuser may end its process so, whereas the plain statement asks it to leave.
 */
export async function dropDatabase(url: string, name: string): Promise<void> {
  await withClient(url, async (client) => {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name]);
    if (rowCount === 0) return;
    await client.query(`alter database ${pg.escapeIdentifier(name)} with allow_connections false`);
    const connected = 'select pid from pg_stat_activity where datname = $1 and usename is not null';
    await client.query(`select pg_terminate_backend(pid) from (${connected}) as connected`, [name]);
    await client.query(`drop database if exists ${pg.escapeIdentifier(name)}`);
  });
}

/** All whose names begin so. */
export async function dropDatabases(url: string, beginning: string): Promise<void> {
  await withClient(url, async (client) => {
    const { rows } = await client.query<{ datname: string }>(
      'select datname from pg_database where starts_with(datname, $1)',
      [beginning],
    );
    for (const { datname } of rows) await dropDatabase(url, datname);
  });
}
