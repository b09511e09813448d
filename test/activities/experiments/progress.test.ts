import { expect, it } from 'vitest';
import { createProgressRecord } from '../../../activities/experiments/progress.ts';

const progress = { at: '', phaseSeconds: 1, memoryBytes: 1, processorSeconds: 1 };

it('progress is written each two seconds at most, one at a time, and goes on after an error', async () => {
  let now = 0;
  const writes: PromiseWithResolvers<void>[] = [];
  const record = createProgressRecord(
    () => {
      const write = Promise.withResolvers<void>();
      writes.push(write);
      return write.promise;
    },
    () => now,
  );
  const recordAt = async (time: number): Promise<number> => {
    now = time;
    record(progress);
    await new Promise(setImmediate);
    return writes.length;
  };
  expect(await recordAt(0)).toBe(1);
  expect(await recordAt(5_000)).toBe(1);
  writes[0]?.reject(new Error('the store is away'));
  await new Promise(setImmediate);
  expect(await recordAt(5_500)).toBe(2);
  writes[1]?.resolve();
  await new Promise(setImmediate);
  expect(await recordAt(7_000)).toBe(2);
  expect(await recordAt(7_490)).toBe(3);
});
