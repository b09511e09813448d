/**
 * One PostgreSQL server for a whole run of the tests, started when the first test asks for it. Vitest calls this in the
 * process that outlives all test processes; they ask at a port for the server's address.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startKeptServer } from '../../../scripts/toolchain/postgres/keep.mjs';
import type { ServerAnswer } from './server-address.ts';
import { dropDatabases, withClient } from './statements.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** How a test process asks for the server, and the name of this run: it begins the name of each database. */
    postgres: { readonly port: number; readonly run: string };
  }
}

interface Address {
  readonly url: string;
  stop(): Promise<void>;
}

const root = join(import.meta.dirname, '..', '..', '..');
const ownServer = process.env['LODESTONE_TEST_POSTGRES_URL'];

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const run = `lodestone_test_${randomBytes(6).toString('hex')}`;
  let address: Promise<Address> | undefined;
  const server = createServer((socket) => {
    // A test process that was killed needs no answer.
    socket.on('error', () => undefined);
    address ??= ownServer === undefined ? startKeptServer(root) : addressOfOwn(ownServer, run);
    void answerOf(address).then((answer) => socket.end(JSON.stringify(answer)));
  });
  project.provide('postgres', { port: await listen(server), run });
  return async () => {
    server.close();
    await address?.then((started) => started.stop()).catch(() => undefined);
  };
}

/** The developer's own server keeps running; only the databases of this run are removed. */
async function addressOfOwn(url: string, run: string): Promise<Address> {
  await withClient(url, (client) => client.query('select'));
  return { url, stop: () => dropDatabases(url, run) };
}

async function answerOf(address: Promise<Address>): Promise<ServerAnswer> {
  try {
    const { url } = await address;
    return { url };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return {
      problem:
        `There is no PostgreSQL for the tests: ${reason}. Run "npm ci", or set LODESTONE_TEST_POSTGRES_URL to the address of ` +
        'a server where databases may be created; "npm run doctor" tells whether that of the npm package starts.',
    };
  }
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // It must not prevent a finished run from ending.
  server.unref();
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('the port for test processes has no number');
  return address.port;
}
