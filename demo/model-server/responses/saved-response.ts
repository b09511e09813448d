/** The entries of a state file: the start and the end of each response, checked strictly. */
import type { ComputerAction } from 'openai/resources/responses/responses';
import { z } from 'zod';

const id = z.string();
const CheckSchema = z.object({ id, code: z.string().exactOptional(), message: z.string().exactOptional() });

/** The actions as the brain gave them, including those that a test invented. */
const ActionSchema = z.custom<ComputerAction>((value) => z.looseObject({ type: z.string() }).safeParse(value).success);

const call = {
  type: z.literal('computer_call'),
  id,
  call_id: z.string(),
  status: z.literal('completed'),
  pending_safety_checks: z.array(CheckSchema),
};
const PartSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('output_text'), text: z.string(), annotations: z.tuple([]), logprobs: z.tuple([]) }),
  z.object({ type: z.literal('refusal'), refusal: z.string() }),
]);
const ItemSchema = z.union([
  z.object({ type: z.literal('reasoning'), id, summary: z.tuple([]), encrypted_content: z.string() }),
  z.object({
    type: z.literal('message'),
    id,
    role: z.literal('assistant'),
    status: z.enum(['completed', 'incomplete']),
    phase: z.enum(['commentary', 'final_answer']),
    content: z.array(PartSchema),
  }),
  z.object({ ...call, actions: z.array(ActionSchema) }),
  z.object({ ...call, action: ActionSchema }),
  z.object({
    type: z.literal('function_call'),
    id,
    call_id: z.string(),
    name: z.string(),
    arguments: z.string(),
    status: z.literal('completed'),
  }),
]);
const UsageSchema = z.object({
  input_tokens: z.number(),
  input_tokens_details: z.object({ cached_tokens: z.number(), cache_write_tokens: z.number() }),
  output_tokens: z.number(),
  output_tokens_details: z.object({ reasoning_tokens: z.number() }),
  total_tokens: z.number(),
});

export const SavedChangeSchema = z.discriminatedUnion('change', [
  z.object({
    change: z.literal('begun'),
    id,
    createdAt: z.number(),
    /** The request's body as it was sent, with the ids that its items were given. */
    body: z.record(z.string(), z.unknown()),
  }),
  z.object({
    change: z.literal('ended'),
    id,
    end: z.object({
      status: z.enum(['completed', 'failed', 'cancelled', 'incomplete']),
      completed_at: z.number().nullable(),
      output: z.array(ItemSchema),
      error: z.object({ code: z.string(), message: z.string() }).nullable(),
      incomplete_details: z.object({ reason: z.string() }).nullable(),
      usage: UsageSchema.nullable(),
      /** The brain's memory, as far as JSON can store it. */
      memory: z.unknown().optional(),
    }),
  }),
  z.object({ change: z.literal('deleted'), id }),
]);
