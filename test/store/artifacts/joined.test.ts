import { expect, it } from 'vitest';
import { joined } from '../../../store/artifacts/joined.ts';

it('joins the parts of content in their order, and gives others their turn meanwhile', async () => {
  const parts = Array.from({ length: 48 }, (_, index) => Buffer.alloc(2 ** 18, index));
  let turns = 0;
  let isDone = false;
  const count = (): void => {
    turns += 1;
    if (!isDone) setImmediate(count);
  };
  setImmediate(count);
  const whole = await joined(parts);
  isDone = true;
  expect(Buffer.compare(whole, Buffer.concat(parts))).toBe(0);
  expect(turns).toBeGreaterThanOrEqual(2);
  expect(await joined([])).toHaveLength(0);
});
