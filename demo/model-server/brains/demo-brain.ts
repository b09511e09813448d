/**
 * The demo's brain: conversations with a computer tool go to the pixel brain, requests for codecs to the codec
 * brain, all others to the text brain.
 */
import { z } from 'zod';
import type { Brain, BrainAnswer } from './brain.ts';
import { asksForCodec, codecBrain } from './codec-brain.ts';
import { pixelBrain } from './pixel-brain.ts';
import { textBrain } from './text-brain.ts';

/** Marks the conversations of the pixel brain. */
const MemorySchema = z.object({ chain: z.literal('computer'), inner: z.unknown() });

export function createDemoBrain(computerBrain: Brain = pixelBrain): Brain {
  return {
    async answer(turn): Promise<BrainAnswer> {
      const memory = MemorySchema.safeParse(turn.memory);
      if (turn.computerTool === null && !memory.success) {
        return asksForCodec(turn) ? codecBrain.answer(turn) : textBrain.answer(turn);
      }
      const answer = await computerBrain.answer({ ...turn, memory: memory.data?.inner });
      return { ...answer, memory: { chain: 'computer', inner: answer.memory } };
    },
  };
}
