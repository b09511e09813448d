/**
 * The tests: files in parallel processes, since Temporal's native runtime is one a process. `npm test` runs all on SQLite, and
 * on PostgreSQL the store's and those that are for it alone. `npm run test:postgres`, by the mode of this name, runs on it all that
 * import `store/database/database.ts`, directly or through other modules, `test/support/temporary-store.ts` for instance: the others
 * meet no database in either mode, since no other module of the tests reads which it is.
 */
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const report = process.env['LODESTONE_TEST_REPORT'];

/** Whole stacks and browsers take minutes, whatever the size of their files: begun last, they would run alone at the end. */
const longFiles = /[/]test[/](chaos|demo[/][^/]*$|activities[/]computer|workers[/](local|processes))/;

class LongFilesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const { long = [], short = [] } = Object.groupBy(await super.sort(files), ({ moduleId }) =>
      longFiles.test(moduleId) ? 'long' : 'short',
    );
    return [...long, ...short];
  }
}

/** Tests of one database alone have its name in theirs. */
const onSqlite = {
  extends: true as const,
  test: { name: 'sqlite', include: ['test/**/*.test.ts'], exclude: ['test/**/*.postgres.test.ts'] },
};

const onPostgres = (include: string[]) => ({
  extends: true as const,
  test: {
    name: 'postgres',
    include,
    exclude: ['test/**/*.sqlite.test.ts'],
    env: { LODESTONE_TEST_DATABASE: 'postgres' },
  },
});

export default defineConfig(({ mode }) => ({
  test: {
    globalSetup: ['test/support/postgres/run-server.ts'],
    pool: 'forks',
    // On two cores: test files that wait for browsers, servers and killed processes leave time for a third.
    maxWorkers: 3,
    sequence: { sequencer: LongFilesFirst },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // What is waited for comes when it comes: one second, vitest's own limit, makes a test depend on the machine's speed.
    expect: { poll: { timeout: 30_000 } },
    projects:
      mode === 'postgres'
        ? [onPostgres(['test/**/*.test.ts'])]
        : [onSqlite, onPostgres(['test/store/**/*.test.ts', 'test/**/*.postgres.test.ts'])],
    reporters: report === undefined ? ['default'] : ['default', ['json', { outputFile: report }]],
  },
}));
