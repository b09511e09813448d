import { expect, it } from 'vitest';
import { createSeats } from '../../threads/seats.ts';

it('so many run at once, the next when one has ended or failed, and in their order', async () => {
  const seats = createSeats(2);
  const begun: number[] = [];
  const works = [0, 1, 2, 3].map((number) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const done = seats(async () => {
      begun.push(number);
      await promise;
    });
    return { resolve, reject, done };
  });
  expect(begun).toEqual([0, 1]);
  works[1]?.reject(new Error('it failed'));
  await expect(works[1]?.done).rejects.toThrow('it failed');
  expect(begun).toEqual([0, 1, 2]);
  works[0]?.resolve();
  await works[0]?.done;
  expect(begun).toEqual([0, 1, 2, 3]);
  works[2]?.resolve();
  works[3]?.resolve();
  await Promise.all([works[2]?.done, works[3]?.done]);
  // All seats are free again.
  expect(await Promise.all([seats(async () => 'a'), seats(async () => 'b')])).toEqual(['a', 'b']);
});
