/** An answer as the ledger stores it, for providers that keep none themselves. */
import { z } from 'zod';
import type { JsonObject } from '../../workflows/contract/json/json.ts';
import type { ModelResponse } from '../ports.ts';

const AnswerSchema = z.object({
  id: z.string(),
  status: z.enum(['completed', 'incomplete', 'failed']),
  text: z.string(),
  refusal: z.string().nullable(),
  problem: z.object({ code: z.string(), message: z.string() }).nullable(),
  usage: z.object({
    modelCalls: z.number(),
    inputTokens: z.number(),
    cachedInputTokens: z.number(),
    outputTokens: z.number(),
    costUsd: z.number(),
  }),
  model: z.string().optional(),
});

export function toStored({ id, status, text, refusal, problem, usage, model }: ModelResponse): JsonObject {
  return {
    id,
    status,
    text,
    refusal,
    problem: problem === null ? null : { ...problem },
    usage: { ...usage },
    ...(model === undefined ? {} : { model }),
  };
}

/** Null when there is none. */
export function fromStored(data: unknown): ModelResponse | null {
  const stored = AnswerSchema.safeParse(data);
  if (!stored.success) return null;
  const { model, ...answer } = stored.data;
  return {
    ...answer,
    ...(model === undefined ? {} : { model }),
    computerCalls: [],
    functionCalls: [],
    isKept: false,
  };
}
