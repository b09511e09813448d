/** What the pixel brain remembers from turn to turn. It travels with the response, as a model's own context would. */
import { z } from 'zod';

const FactSchema = z.object({ page: z.string(), name: z.string(), text: z.string() });

/** What it did last, to tell from the next screenshot whether that happened. */
const DeedSchema = z.object({
  intent: z.string(),
  page: z.string(),
  stamp: z.number(),
  /** Whether it should have led to another page. */
  leaves: z.boolean(),
});

export const MemorySchema = z.object({
  /** Pages read to their end. */
  read: z.array(z.string()),
  facts: z.array(FactSchema),
  problems: z.array(z.object({ page: z.string(), problem: z.string() })),
  /** How often each thing was tried, so that nothing is tried for ever. */
  attempts: z.record(z.string(), z.number()),
  last: DeedSchema.nullable(),
  /** Turns in a row without a picture of what it just did. */
  blind: z.number(),
  /** `unsure`: it may have been sent, and nothing on the screen can tell. Then it is never sent again. */
  enquiry: z.enum(['open', 'submitted', 'sent', 'unsure', 'failed']),
  /** Told of actions that it remembers nothing of. */
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
