/**
 * What a computer-use loop needs to go on after a crash. Versioned and small: pictures and browser state are
 * references. Written to the store at every transition and carried by every heartbeat; the store wins when they differ.
 */
import { z } from 'zod';
import { ComputerActionSchema } from './actions.ts';

/** How a loop can end. Everything but `done` is a limit or an obstacle. */
const loopEnds = [
  'done',
  'iteration_limit',
  'time_limit',
  'budget',
  'blocked',
  'needs_person',
  'refused',
  'cut',
] as const;

const CallSchema = z.object({
  callId: z.string(),
  actions: z.array(z.union([ComputerActionSchema, z.object({ type: z.literal('unknown'), described: z.string() })])),
  /** Actions that ran for certain. */
  done: z.int(),
  /** Whether the action after those was begun: if so it may have happened. */
  begun: z.boolean(),
  /** Why that action could not be done; those after it did not run. */
  problem: z.string().nullable().default(null),
  safetyChecks: z.array(z.object({ id: z.string(), code: z.string().nullable(), message: z.string().nullable() })),
});

export const CheckpointSchema = z.object({
  version: z.literal(1),
  /** Model calls that have been answered and used. */
  iteration: z.int(),
  /** The response that the conversation goes on from. */
  responseId: z.string().nullable(),
  /** The model call under way was begun; its response is found in the ledger under the next iteration's key. */
  asking: z.boolean(),
  /** The computer call that the model waits for an answer to. */
  call: CallSchema.nullable(),
  activeMilliseconds: z.number(),
  usage: z.object({
    modelCalls: z.int(),
    inputTokens: z.int(),
    cachedInputTokens: z.int(),
    outputTokens: z.int(),
    costUsd: z.number(),
  }),
  /** Hash of the stored browser state. */
  browserState: z.string().nullable(),
  url: z.string().nullable(),
  /** Name of the newest screenshot among the job's artifacts. */
  screenshot: z.string().nullable(),
  /** What the model said last, for the partial result. */
  said: z.string(),
  warned: z.array(z.string()),
  /** Times that an answer was sent back for not fitting the schema. */
  sentBack: z.int(),
  /** Hash of the last screen and how many turns it has not changed. */
  sameScreen: z.object({ hash: z.string(), turns: z.int() }).nullable(),
  /** How the loop ended, kept in case the worker dies before it can say so. */
  ended: z.object({ reason: z.enum(loopEnds), message: z.string(), text: z.string() }).nullable(),
});
export type Checkpoint = z.infer<typeof CheckpointSchema>;
export type LoopEnd = NonNullable<Checkpoint['ended']>;
export type PendingCall = z.infer<typeof CallSchema>;

export const firstCheckpoint: Checkpoint = {
  version: 1,
  iteration: 0,
  responseId: null,
  asking: false,
  call: null,
  activeMilliseconds: 0,
  usage: { modelCalls: 0, inputTokens: 0, cachedInputTokens: 0, outputTokens: 0, costUsd: 0 },
  browserState: null,
  url: null,
  screenshot: null,
  said: '',
  warned: [],
  sentBack: 0,
  sameScreen: null,
  ended: null,
};
