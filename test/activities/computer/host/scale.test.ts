import { expect, it } from 'vitest';
import { createScale } from '../../../../activities/computer/host/scale.ts';

it('a browser far below its limit is weighed once in a while, one near it every time', async () => {
  const weights = [100, 600, 700, 100, 900];
  let read = 0;
  const weigh = createScale(async () => weights[read++] ?? 0, 1_000);
  expect([await weigh(), await weigh(), read]).toEqual([100, 100, 1]);

  read = 1;
  const heavy = createScale(async () => weights[read++] ?? 0, 1_000);
  expect([await heavy(), await heavy(), await heavy(), await heavy()]).toEqual([600, 700, 100, 100]);
});
