/**
 * Databases for tests, each new: `temporaryDatabase()` in a test, `createDatabase()` where a file shares one. A template is
 * filled once in a run, by migrations for instance, and its copies come as quickly as empty databases.
 */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject, onTestFinished } from 'vitest';
import { serverAddress } from './server-address.ts';
import { dropDatabase, withClient } from './statements.ts';

export interface Template {
  /** Of the template among those of the run: at most 24 lower-case letters, digits and `_`. */
  readonly name: string;
  /** Fills the empty database at this address, and closes its connections. */
  readonly fill: (url: string) => Promise<void>;
}

export interface TestDatabase {
  /** As `LODESTONE_DATABASE_URL` has it. */
  readonly url: string;
  readonly drop: () => Promise<void>;
}

/** The address of a new database, which is dropped when the test is over. */
export async function temporaryDatabase(template?: Template): Promise<string> {
  const { url, drop } = await createDatabase(template);
  onTestFinished(drop);
  return url;
}

/** A new database: empty, or a copy of the template. */
export async function createDatabase(template?: Template): Promise<TestDatabase> {
  const server = await serverAddress();
  const name = `${inject('postgres').run}_${randomBytes(8).toString('hex')}`;
  await copyDatabase(server, name, template === undefined ? 'template0' : await filledTemplate(server, template));
  return { url: addressOf(server, name), drop: () => dropDatabase(server, name) };
}

/** Templates that are known to be filled, so that a test process asks once. */
const filledTemplates = new Set<string>();

/** The name of the template's database. Of all test processes the first that needs it fills it, and the others wait. */
async function filledTemplate(server: string, { name, fill }: Template): Promise<string> {
  // PostgreSQL truncates names after 63 letters without an error.
  if (!/^[a-z\d_]{1,24}$/.test(name)) throw new Error(`not a name of a template: ${name}`);
  const finished = `${inject('postgres').run}_of_${name}`;
  if (filledTemplates.has(finished)) return finished;
  const unfinished = `${finished}_new`;
  await withClient(server, async (client) => {
    // It is released with the connection, also when this process is killed.
    await client.query('select pg_advisory_lock(hashtext($1))', [finished]);
    const { rowCount } = await client.query('select from pg_database where datname = $1', [finished]);
    if (rowCount === 1) return;
    await dropDatabase(server, unfinished);
    await copyDatabase(server, unfinished, 'template0');
    await fill(addressOf(server, unfinished));
    await client.query(`alter database ${pg.escapeIdentifier(unfinished)} rename to ${pg.escapeIdentifier(finished)}`);
  });
  filledTemplates.add(finished);
  return finished;
}

async function copyDatabase(server: string, name: string, template: string): Promise<void> {
  const statement = `create database ${pg.escapeIdentifier(name)} template ${pg.escapeIdentifier(template)}`;
  await withClient(server, (client) => client.query(statement));
}

function addressOf(server: string, name: string): string {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}
