/** Where the time of an attempt goes. */
import { expect, test } from 'vitest';
import { createRunMeter, measured, noteRun, withRunMeter } from '../../../activities/runs/run-meter.ts';
import { tellStoreTime } from '../../../store/database/store-times.ts';
import { completeTimes, runParts } from '../../../workflows/contract/runs/run.ts';

function meterAt() {
  let now = 0;
  const meter = createRunMeter(() => now);
  return { meter, pass: (milliseconds: number) => (now += milliseconds) };
}

test('L12: each moment belongs to the part that began last', () => {
  const { meter, pass } = meterAt();
  const endBrowser = meter.begin('browser');
  pass(100);
  const endModel = meter.begin('model');
  pass(1_000);
  const endOther = meter.begin('model');
  pass(10);
  endModel();
  pass(5);
  endOther();
  pass(200);
  endBrowser();
  pass(7);
  expect(meter.times()).toEqual({ browser: 300, model: 1_015 });
  meter.close();
});

test('L12: what the store takes is moved from the part that waits for it', () => {
  const { meter, pass } = meterAt();
  const end = meter.begin('model');
  pass(100);
  meter.moveToStore(30);
  end();
  meter.moveToStore(5);
  expect(meter.times()).toEqual({ model: 70, store: 35 });
  meter.close();
});

test('the meter of an attempt reaches code below it, and no other attempt', async () => {
  const run = (model: string) =>
    withRunMeter(async (meter) => {
      await measured('model', async () => {
        noteRun({ model });
        tellStoreTime(10_000);
        await Promise.resolve();
      });
      return { measures: meter.measures(), times: meter.times() };
    });
  const [one, other] = await Promise.all([run('a'), run('b')]);
  expect([one.measures.model, other.measures.model]).toEqual(['a', 'b']);
  expect([one.times.store, other.times.store]).toEqual([10_000, 10_000]);
  expect(one.measures.memoryPeakBytes).toBeGreaterThan(2 ** 20);
  await measured('model', () => Promise.resolve(noteRun({ model: 'none' })));
});

const sumOf = (times: ReturnType<typeof completeTimes>) => runParts.reduce((sum, part) => sum + times[part], 0);

test('L12: the parts add up to the duration: what is missing goes to the rest, what is too much leaves the longest', () => {
  const missing = completeTimes({ model: 700.4, store: 20 }, 1_000, 'person');
  expect(missing).toMatchObject({ model: 700, store: 20, person: 280, other: 0 });
  const tooMuch = completeTimes({ model: 900, store: 300 }, 1_000);
  expect(tooMuch).toMatchObject({ model: 700, store: 300, other: 0 });
  expect([sumOf(missing), sumOf(tooMuch)]).toEqual([1_000, 1_000]);
  expect(completeTimes({ queue: -50 }, 0)).toMatchObject({ queue: 0, other: 0 });
});
