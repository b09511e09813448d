/** A request of a tool as people and programs read it. */
import { z } from 'zod';
import { reasonTypes } from '../failures.ts';
import { toolLayers } from './limits.ts';
import { toolOutcomes, toolPhases, toolStates, type ToolCut } from './tool-request.ts';

export const ToolCutSchema: z.ZodType<ToolCut> = z.object({
  layer: z.enum(toolLayers).describe('the layer of limits that ended it'),
  type: z.enum(reasonTypes),
  seconds: z.number().describe('after how long'),
  message: z.string(),
  advice: z.string().describe('what the caller can do'),
});

export const ToolProgressSchema = z.object({
  id: z.string(),
  state: z.enum(toolStates),
  phase: z.enum(toolPhases),
  place: z.int().nullable().describe('its place among the requests that wait for a worker, from 1'),
  secondsUsed: z.number(),
  secondsLeft: z.number().nullable().describe('until the limit of the request; null without one'),
  tokens: z.int().describe('of the answer so far, estimated'),
});
export type ToolProgress = z.infer<typeof ToolProgressSchema>;

export const ToolRequestViewSchema = ToolProgressSchema.extend({
  tool: z.string(),
  outcome: z.enum(toolOutcomes).nullable(),
  cut: ToolCutSchema.nullable().describe('why there is no answer, or no answer of the expert'),
  result: z.record(z.string(), z.unknown()).nullable().describe("as the tool's outputSchema says"),
  continuationId: z.string(),
  acceptedAt: z.string(),
  startedAt: z.string().nullable(),
  endedAt: z.string().nullable(),
  usage: z.object({ modelCalls: z.int(), inputTokens: z.int(), outputTokens: z.int(), costUsd: z.number() }),
});
export type ToolRequestView = z.infer<typeof ToolRequestViewSchema>;
