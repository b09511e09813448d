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

/** Whoever is still connected is cut off. */
export async function dropDatabase(url: string, name: string): Promise<void> {
  await withClient(url, (client) => client.query(`drop database if exists ${pg.escapeIdentifier(name)} with (force)`));
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
