/** What the pixel brain remembers between turns. It is stored with the response, like a model's context. */
import { z } from 'zod';

const FactSchema = z.object({ page: z.string(), name: z.string(), text: z.string() });

/** Its last action. The next screenshot shows whether it happened. */
const DeedSchema = z.object({
  intent: z.string(),
  page: z.string(),
  stamp: z.number(),
  /** Whether the action should have opened another page. */
  leaves: z.boolean(),
});

export const MemorySchema = z.object({
  /** Pages that were read completely. */
  read: z.array(z.string()),
  facts: z.array(FactSchema),
  problems: z.array(z.object({ page: z.string(), problem: z.string() })),
  /** How often each purpose was tried, to limit the tries. */
  attempts: z.record(z.string(), z.number()),
  last: DeedSchema.nullable(),
  /** Turns in a row without a current picture. */
  blind: z.number(),
  /** `unsure`: it may have been sent, and the screen does not show it. Then it is never sent again. */
  enquiry: z.enum(['open', 'submitted', 'sent', 'unsure', 'failed']),
  /** The input reported actions that the brain does not remember. */
  restarted: z.boolean(),
  finished: z.boolean(),
});
export type Memory = z.infer<typeof MemorySchema>;

export const emptyMemory: Memory = {
  read: [],
  facts: [],
  problems: [],
  attempts: {},
  last: null,
  blind: 0,
  enquiry: 'open',
  restarted: false,
  finished: false,
};

export function attemptsOf(memory: Memory, intent: string): number {
  return memory.attempts[intent] ?? 0;
}
