/** The demo's brain with two faults on command: a model that takes long, and one that presses the same place for ever. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Brain } from '../model-server/brains/brain.ts';
import { createDemoBrain } from '../model-server/brains/demo-brain.ts';

/** In the instructions of a step: its model takes long. */
export const slowWords = 'Think about every detail.';
/** Above this a run is slow by itself. */
const slowMilliseconds = 63_000;

const loopingBrain: Brain = {
  answer: () => ({ kind: 'computer', actions: [{ type: 'click', button: 'left', x: 5, y: 700 }] }),
};

export function createFaultyBrain(): Brain {
  const inner = createDemoBrain(loopingBrain);
  return {
    async answer(turn) {
      if ([turn.instructions, ...turn.texts].some((text) => text?.includes(slowWords))) await delay(slowMilliseconds);
      return inner.answer(turn);
    },
  };
}
