/** The tests: files in parallel processes, since Temporal's native runtime is one a process. */
import { defineConfig } from 'vitest/config';

const report = process.env['LODESTONE_TEST_REPORT'];

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    // Two cores: a browser and a server beside each test process are enough.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: report === undefined ? ['default'] : ['default', ['json', { outputFile: report }]],
  },
});
