/**
 * The tests: files in parallel processes, since Temporal's native runtime is one a process. `npm test` runs all on SQLite, and
 * on PostgreSQL the store's and those that are for it alone. `npm run test:postgres`, by the mode of this name, runs on it all that
 * import `store/database/database.ts`, directly or through other modules, `test/support/temporary-store.ts` for instance: the others
 * meet no database in either mode, since no other module of the tests reads which it is.
 */
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

// Hundreds of processes load the same packages: test files, and the servers, workers and commands that they start.
process.env['NODE_COMPILE_CACHE'] ??= join(import.meta.dirname, 'node_modules', '.cache', 'node-compile');

const report = process.env['LODESTONE_TEST_REPORT'];

/**
 * The files that take longest, in the order of their length in a run of the whole suite: begun last, they would run alone at
 * the end. Vitest's own order by earlier durations knows nothing in a fresh clone.
 */
const longestFirst = [
  'test/activities/computer-use/egress/matrix.test.ts',
  'test/demo/demo.test.ts',
  'test/chaos/computer.test.ts',
  'test/activities/computer-use/host/surviving-browser.test.ts',
  'test/chaos/batch.test.ts',
  'test/workers/local/orphans.test.ts',
  'test/demo/approval-restart.test.ts',
  'test/demo/batch-controls.test.ts',
  'test/workers/local/restored.sqlite.test.ts',
  'test/chaos/batch-faults.test.ts',
  'test/workers/local/start.test.ts',
  'test/demo/model-server/pixel-brain/whole-site.test.ts',
  'test/activities/computer-use/playwright/computer.test.ts',
  'test/activities/computer-use/playwright/pages.test.ts',
  'test/chaos/processes.test.ts',
  'test/demo/batch.test.ts',
  'test/activities/computer-use/egress/chromium.test.ts',
  'test/client/cli/command.test.ts',
  'test/workers/processes/own-folders.postgres.test.ts',
  'test/activities/computer-use/playwright/guard.test.ts',
  'test/client/cli/batches/batch-command.test.ts',
  'test/activities/computer-use/playwright/tabs.test.ts',
  'test/activities/computer-use/playwright/downloads/downloads.test.ts',
  'test/activities/computer-use/same-tasks.test.ts',
  'test/workflows/batches/batch-step.test.ts',
  'test/activities/computer-use/playwright/input/choosers.test.ts',
  'test/client/mcp/tools.test.ts',
  'test/workflows/batches/batch-limits.test.ts',
  'test/workflows/jobs/lead-magnet-job.test.ts',
  'test/workflows/batches/llm-batch.test.ts',
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const index = longestFirst.findIndex((file) => moduleId.endsWith(`/${file}`));
      return index === -1 ? longestFirst.length : index;
    };
    return (await super.sort(files)).toSorted((one, other) => rank(one) - rank(other));
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

function projectsOf(mode: string) {
  if (mode === 'postgres') return [onPostgres(['test/**/*.test.ts'])];
  return [onSqlite, onPostgres(['test/store/**/*.test.ts', 'test/**/*.postgres.test.ts'])];
}

export default defineConfig(({ mode }) => ({
  test: {
    globalSetup: ['test/support/postgres/run-server.ts'],
    pool: 'forks',
    // On two cores: test files that wait for browsers, servers and killed processes leave time for others.
    maxWorkers: 4,
    sequence: { sequencer: LongestFirst },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // What is waited for comes when it comes: one second, vitest's own limit, makes a test depend on the machine's speed.
    expect: { poll: { timeout: 30_000 } },
    projects: projectsOf(mode),
    reporters: report === undefined ? ['default'] : ['default', ['json', { outputFile: report }]],
  },
}));
