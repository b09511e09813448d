/**
 * What a computer-use loop needs to go on after a crash. Versioned and small: pictures and browser state are
 * references. Written to the store at every transition and carried by every heartbeat; the store wins when they differ.
 */
import { z } from 'zod';
import { ComputerActionSchema } from '../actions.ts';

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

const SafetyCheckSchema = z.object({ id: z.string(), code: z.string().nullable(), message: z.string().nullable() });

const CallSchema = z.object({
  /** Of the computer call, or of the first function call where there is no computer call. */
  callId: z.string(),
  /** Whether there is a computer call, which the screen answers. */
  screen: z.boolean().default(true),
  /** Ids of the function calls of the same answer: what they ask for comes first among the actions, in their order. */
  functions: z.array(z.string()).default([]),
  actions: z.array(z.union([ComputerActionSchema, z.object({ type: z.literal('unknown'), described: z.string() })])),
  /** Actions that ran for certain. */
  done: z.int(),
  /** Whether the action after those was begun: if so it may have happened. */
  begun: z.boolean(),
  /** Why that action could not be done; those after it did not run. */
  problem: z.string().nullable().default(null),
  safetyChecks: z.array(SafetyCheckSchema),
  /** Those that the policy or a person has acknowledged. */
  acknowledged: z.array(SafetyCheckSchema).default([]),
  /** The place of the action that a person has approved. */
  approved: z.int().nullable().default(null),
  /** Whether a person refused the action after the done ones. */
  refused: z.boolean().default(false),
});

/** A question that a person is asked, and all that the answer is bound to. */
const ApprovalSchema = z.object({
  /** Counts the questions of the run. */
  number: z.int(),
  callId: z.string(),
  about: z.enum(['safety_checks', 'action']),
  question: z.string(),
  /** The words on the action's control. */
  words: z.string().nullable(),
  url: z.string(),
  /** Hash of the screen that the person sees. */
  hash: z.string(),
  screenshot: z.string(),
  /** How often the same was asked, because the page changed. */
  times: z.int(),
});
export type OpenApproval = z.infer<typeof ApprovalSchema>;

/** A file that a page downloaded and that was kept. */
const KeptDownloadSchema = z.object({
  /** By which a browser that survives would offer it again. */
  id: z.string(),
  /** Of the artifact. */
  name: z.string(),
  bytes: z.int(),
});
export type KeptDownload = z.infer<typeof KeptDownloadSchema>;

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
  /** What the response before this one was and which of its calls was open: a call that is refused is gone back from. */
  parent: z
    .object({
      responseId: z.string().nullable(),
      call: CallSchema.pick({ callId: true, screen: true, functions: true, acknowledged: true }).nullable(),
    })
    .default({ responseId: null, call: null }),
  /** What a person is asked at the moment. */
  approval: ApprovalSchema.nullable().default(null),
  questions: z.int().default(0),
  /** Whether a person has, or had, the browser, of which the model was not told yet. */
  held: z.boolean().default(false),
  /** What the model must be told with the next request. */
  notes: z.array(z.string()).default([]),
  downloads: z.array(KeptDownloadSchema).default([]),
  activeMilliseconds: z.number(),
  usage: z.object({
    modelCalls: z.int(),
    inputTokens: z.int(),
    cachedInputTokens: z.int(),
    outputTokens: z.int(),
    costUsd: z.number(),
  }),
  /** The browser that this was written with, by which it may be found again. */
  browser: z
    .object({ host: z.string().regex(/^[\w-]+$/), actions: z.int() })
    .nullable()
    .default(null),
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
  parent: { responseId: null, call: null },
  approval: null,
  questions: 0,
  held: false,
  notes: [],
  downloads: [],
  activeMilliseconds: 0,
  usage: { modelCalls: 0, inputTokens: 0, cachedInputTokens: 0, outputTokens: 0, costUsd: 0 },
  browser: null,
  browserState: null,
  url: null,
  screenshot: null,
  said: '',
  warned: [],
  sentBack: 0,
  sameScreen: null,
  ended: null,
};
