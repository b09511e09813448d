/**
 * The tests, in parallel processes: some files have one of their own, as `own-process.ts` says, and the others share some.
 * `npm test` runs all on SQLite, and on PostgreSQL the store's and those that are for it alone. `npm run test:postgres`, by the
 * mode of this name, runs on it all that import `store/database/database.ts`, directly or through other modules,
 * `test/support/temporary-store.ts` for instance: the others meet no database in either mode, since no other module of the
 * tests reads which it is.
 */
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { inOwnProcess } from './test/support/shared-process/own-process.ts';

// Hundreds of processes load the same packages: test files, and the servers, workers and commands that they start.
process.env['NODE_COMPILE_CACHE'] ??= join(import.meta.dirname, 'node_modules', '.cache', 'node-compile');
// Few tests are about warm browsers, and each worker that a test starts would keep some.
process.env['LODESTONE_WARM_BROWSERS'] ??= '0';

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
  'test/chaos/experiment.test.ts',
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
    const rank = ({ moduleId, project }: TestSpecification): number => {
      const index = longestFirst.findIndex((file) => moduleId.endsWith(`/${file}`));
      if (index !== -1) return index;
      // A process is shared by files that follow one another: those of a project are kept together.
      return longestFirst.length + this.ctx.projects.indexOf(project);
    };
    return (await super.sort(files)).toSorted((one, other) => rank(one) - rank(other));
  }
}

const databases = {
  sqlite: {},
  postgres: { LODESTONE_TEST_DATABASE: 'postgres' },
};

/** The files as two projects: those that need a process of their own, and those that share processes. */
function projectsOf(name: keyof typeof databases, files: readonly string[]) {
  const env = databases[name];
  const own = files.filter(inOwnProcess);
  const shared = files.filter((file) => !inOwnProcess(file));
  return [
    { extends: true as const, test: { name, include: own, env } },
    {
      extends: true as const,
      test: {
        name: `${name}, shared`,
        include: shared,
        env,
        isolate: false,
        setupFiles: ['test/support/shared-process/guard.ts'],
        provide: { sharedProcess: true },
      },
    },
  ];
}

/** Tests of one database alone have its name in theirs. */
function projectsIn(mode: string) {
  const files = globSync('test/**/*.test.ts', { cwd: import.meta.dirname });
  const forPostgres = files.filter((file) => !file.endsWith('.sqlite.test.ts'));
  if (mode === 'postgres') return projectsOf('postgres', forPostgres);
  const onlyPostgres = (file: string): boolean => file.endsWith('.postgres.test.ts');
  const ofStore = (file: string): boolean => file.startsWith('test/store/');
  const sqlite = files.filter((file) => !onlyPostgres(file));
  const postgres = forPostgres.filter((file) => ofStore(file) || onlyPostgres(file));
  return [...projectsOf('sqlite', sqlite), ...projectsOf('postgres', postgres)];
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
    projects: projectsIn(mode),
    reporters: report === undefined ? ['default'] : ['default', ['json', { outputFile: report }]],
  },
}));
