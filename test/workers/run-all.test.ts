import { describe, expect, it } from 'vitest';
import { runAll, type RunningWorker } from '../../workers/run-all.ts';

/** A worker that ends when it is shut down, or fails on request. */
function fakeWorker(): RunningWorker & { readonly fail: (error: Error) => void } {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let state: ReturnType<RunningWorker['getState']> = 'RUNNING';
  return {
    run: async () => promise,
    getState: () => state,
    shutdown() {
      if (state !== 'RUNNING') throw new Error(`shut down while ${state}`);
      state = 'STOPPED';
      resolve();
    },
    fail(error) {
      state = 'FAILED';
      reject(error);
    },
  };
}

describe('the workers of a process', () => {
  it('are all shut down when one fails, and its error is the one reported', async () => {
    const [failing, other] = [fakeWorker(), fakeWorker()];
    const running = runAll([failing, other]);
    failing.fail(new Error('the server refused the poller'));
    await expect(running).rejects.toThrow('the server refused the poller');
    expect(other.getState()).toBe('STOPPED');
  });

  it('end without an error when all are shut down', async () => {
    const workers = [fakeWorker(), fakeWorker()];
    const running = runAll(workers);
    for (const worker of workers) worker.shutdown();
    await expect(running).resolves.toBeUndefined();
  });
});
