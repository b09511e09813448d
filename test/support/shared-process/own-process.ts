/**
 * Which test files have a process of their own. All others share four, in which packages and modules are loaded once and not
 * again for each file. `guard.ts` fails a file that is not fit for that, so that a new file needs no thought.
 */
import { matchesGlob } from 'node:path';

const ownProcess = [
  // They start Temporal's native runtime, of which a process has one, or programs on which the run waits longest.
  'test/{bench,chaos,traces,workers}/**',
  'test/demo/*.test.ts',
  'test/workflows/*.test.ts',
  'test/workflows/!(contract)/**',
  'test/activities/experiments/whole-experiment.test.ts',
  'test/client/api/mcp/held-inputs.test.ts',
  'test/client/api/tools/tool-temporal.test.ts',
  'test/ops/{set-up-namespace,real-alerts}.test.ts',
  // Their harness sets vitest's limits for the file that loads it.
  'test/client/{cli,examples}/**',
  // They start browsers through Playwright, of which a hanging one must not hold up others.
  'test/activities/{chromium,render}/**',
  'test/activities/computer-use/*.test.ts',
  'test/activities/computer-use/{egress,host,playwright,secrets}/**',
  'test/demo/{model-server/pixel-brain,sample-site}/**',
  // They replace modules: one that is loaded already would stay.
  'test/client/api/pages/forms/prefill.test.ts',
  'test/client/api/tools/path-files.test.ts',
  'test/client/api/tools/tool-watch.test.ts',
  'test/store/backup/backup-and-sweep.sqlite.test.ts',
  // They are about what a process keeps: threads, memory, a vitest of its own.
  'test/{threads,support}/**',
  'test/activities/sandbox/**',
];

export function inOwnProcess(file: string): boolean {
  return ownProcess.some((pattern) => matchesGlob(file, pattern));
}
