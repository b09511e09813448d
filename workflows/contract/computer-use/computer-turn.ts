/**
 * A turn of a computer-use run as people and programs see it: the screen that the model was shown, what it answered,
 * and the outcome of the actions it asked for. It is written with the checkpoint, so the two always agree.
 */
import { z } from 'zod';

/**
 * The outcome of an action if the run broke off at this moment: the current action is `uncertain`, those after it are
 * `not_run`.
 */
export const actionOutcomes = ['done', 'uncertain', 'refused', 'problem', 'not_run'] as const;

const PointSchema = z.object({ x: z.number(), y: z.number() });

export const TurnActionSchema = z.object({
  type: z.string().describe('the name of the action in the tool, e.g. click'),
  described: z.string().describe('a short description; typed text is given by its length'),
  points: z.array(PointSchema).describe('points on the screen in pixels: none, one, or the path of a drag'),
  scroll: PointSchema.nullable().describe('how far a scroll goes'),
  text: z.string().nullable().describe('what is typed or pressed; a secret is shown as its placeholder'),
  outcome: z.enum(actionOutcomes),
  problem: z.string().nullable().describe('why it could not be performed'),
});
export type TurnAction = z.infer<typeof TurnActionSchema>;

export const ComputerTurnSchema = z.object({
  iteration: z.int(),
  sequence: z.int().describe('grows with every change of a turn of this step: the cursor'),
  generation: z.int(),
  attempt: z.int(),
  recoveryLevel: z.enum(['fresh', 'reattached', 'restored', 'restarted']).describe('how the attempt got its browser'),
  lookedAt: z.string(),
  answeredAt: z.string().nullable().describe('null while the model answers'),
  url: z.string(),
  screenshot: z.object({ name: z.string(), sha256: z.string() }).describe('among the artifacts of the job'),
  notes: z.array(z.string()).describe('what no screenshot shows: dialogs, refused requests, interruptions'),
  text: z.string().describe('what the model wrote'),
  responseId: z.string().nullable(),
  actions: z.array(TurnActionSchema),
  inputTokens: z.int(),
  cachedInputTokens: z.int(),
  outputTokens: z.int(),
  costUsd: z.number().describe('of this turn'),
  spentUsd: z.number().describe('of the run so far'),
  activeMilliseconds: z.int().describe('of the run so far; the time between attempts does not count'),
});
export type ComputerTurn = z.infer<typeof ComputerTurnSchema>;

/** The budget of a computer-use step's run, and the size of its screen. */
export const ComputerRunSchema = z.object({
  display: z.object({ width: z.int(), height: z.int() }),
  budget: z.object({ iterations: z.int(), seconds: z.number(), usd: z.number().nullable() }),
});
export type ComputerRun = z.infer<typeof ComputerRunSchema>;
