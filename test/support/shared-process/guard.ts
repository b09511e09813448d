/** Runs in every file that shares its process with others: it fails a file that would change what the next one meets. */
import { readFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, expect, vi } from 'vitest';
import { sharedProcessRemedy } from './remedy.ts';

const watchedEvents = ['SIGINT', 'SIGTERM', 'SIGHUP', 'uncaughtException', 'unhandledRejection'];

const parts = ['environment', 'folder', 'exitCode', 'fakeTimers', 'globals', 'listeners'] as const;

let before = stateOfProcess();

beforeAll(async () => {
  const source = await readFile(expect.getState().testPath ?? '', 'utf8');
  // A module that another file has loaded is not replaced: what the test meets would depend on the order of the files.
  if (/\bvi\.(mock|doMock|resetModules)\(/.test(source)) throw new Error(`It replaces modules. ${sharedProcessRemedy}`);
  before = stateOfProcess();
});

afterAll(() => {
  const after = stateOfProcess();
  const changed = parts.filter((part) => !isDeepStrictEqual(after[part], before[part]));
  if (changed.length > 0) throw new Error(`It leaves changed: ${changed.join(', ')}. ${sharedProcessRemedy}`);
});

/** Spies are not in it: vitest removes them after each file. */
function stateOfProcess(): Readonly<Record<(typeof parts)[number], unknown>> {
  return {
    environment: { ...process.env },
    folder: process.cwd(),
    exitCode: process.exitCode,
    fakeTimers: vi.isFakeTimers(),
    globals: Object.getOwnPropertyNames(globalThis),
    listeners: watchedEvents.map((event) => process.listenerCount(event)),
  };
}
