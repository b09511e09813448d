/** The demo's brain: whoever has begun with a computer goes on with the computer's brain, all others get texts. */
import { z } from 'zod';
import type { Brain, BrainAnswer } from './brain.ts';
import { pixelBrain } from './pixel-brain.ts';
import { textBrain } from './text-brain.ts';

/** How the demo brain remembers whose chain it is. */
const MemorySchema = z.object({ chain: z.literal('computer'), inner: z.unknown() });

export function createDemoBrain(computerBrain: Brain = pixelBrain): Brain {
  return {
    async answer(turn): Promise<BrainAnswer> {
      const memory = MemorySchema.safeParse(turn.memory);
      if (turn.computerTool === null && !memory.success) return textBrain.answer(turn);
      const answer = await computerBrain.answer({ ...turn, memory: memory.data?.inner });
      return { ...answer, memory: { chain: 'computer', inner: answer.memory } };
    },
  };
}
