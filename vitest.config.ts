/** The tests: files in parallel processes, since Temporal's native runtime is one a process. */
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const report = process.env['LODESTONE_TEST_REPORT'];

/** Whole stacks and browsers take minutes, whatever the size of their files: begun last, they would run alone at the end. */
const longFiles = /[/]test[/](chaos|demo[/][^/]*$|activities[/]computer|workers[/]local)/;

class LongFilesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const { long = [], short = [] } = Object.groupBy(await super.sort(files), ({ moduleId }) =>
      longFiles.test(moduleId) ? 'long' : 'short',
    );
    return [...long, ...short];
  }
}

export default defineConfig({
  test: {
    globalSetup: ['test/support/postgres/run-server.ts'],
    pool: 'forks',
    // Two cores: a browser and a server beside each test process are enough; a third made it a tenth faster, and crowded.
    maxWorkers: 2,
    sequence: { sequencer: LongFilesFirst },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // What is waited for comes when it comes: one second, vitest's own limit, makes a test depend on the machine's speed.
    expect: { poll: { timeout: 30_000 } },
    // The store's tests run on both databases; those of one alone have its name in theirs.
    projects: [
      {
        extends: true,
        test: { name: 'sqlite', include: ['test/**/*.test.ts'], exclude: ['test/**/*.postgres.test.ts'] },
      },
      {
        extends: true,
        test: {
          name: 'postgres',
          include: ['test/store/**/*.test.ts'],
          exclude: ['test/**/*.sqlite.test.ts'],
          env: { LODESTONE_TEST_DATABASE: 'postgres' },
        },
      },
    ],
    reporters: report === undefined ? ['default'] : ['default', ['json', { outputFile: report }]],
  },
});
