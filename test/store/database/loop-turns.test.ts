import { setImmediate } from 'node:timers';
import { expect, it, vi } from 'vitest';
import { createLoopTurns } from '../../../store/database/loop-turns.ts';

it('T14: work beyond its share of a turn of the event loop lets the loop go on first, each time', async () => {
  const takeTurn = createLoopTurns(0);
  for (let round = 0; round < 3; round += 1) {
    const served = vi.fn<() => void>();
    await takeTurn();
    setImmediate(served);
    await takeTurn();
    expect(served).toHaveBeenCalledOnce();
  }
});

it('work within its share goes on at once', async () => {
  const takeTurn = createLoopTurns(60_000);
  const served = vi.fn<() => void>();
  await takeTurn();
  setImmediate(served);
  await takeTurn();
  await takeTurn();
  expect(served).not.toHaveBeenCalled();
});
