/**
 * What a computer-use loop needs to continue after a crash. It has a version and is small: pictures and browser state
 * are references. It is written to the store at every transition and carried by every heartbeat; when they differ, the
 * store is right.
 */
import { z } from 'zod';
import { ComputerActionSchema } from '../actions.ts';

/** The ways a loop can end. All but `done` are limits or obstacles. */
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
  /** The id of the computer call, or of the first function call when there is no computer call. */
  callId: z.string(),
  /** Whether there is a computer call, which is answered with the screenshot. */
  screen: z.boolean().default(true),
  /** Ids of the function calls of the same answer; their actions come first, in their order. */
  functions: z.array(z.string()).default([]),
  actions: z.array(z.union([ComputerActionSchema, z.object({ type: z.literal('unknown'), described: z.string() })])),
  /** The number of actions that certainly ran. */
  done: z.int(),
  /** Whether the next action was begun, so that it may have run. */
  begun: z.boolean(),
  /** Why that action could not be performed; the later ones did not run. */
  problem: z.string().nullable().default(null),
  safetyChecks: z.array(SafetyCheckSchema),
  /** Safety checks that the policy or a person has acknowledged. */
  acknowledged: z.array(SafetyCheckSchema).default([]),
  /** The index of the action that a person has approved. */
  approved: z.int().nullable().default(null),
  /** Whether a person refused the action after the first `done` ones. */
  refused: z.boolean().default(false),
});

/** A question to a person, and everything that the answer is bound to. */
const ApprovalSchema = z.object({
  /** The number of the question within the run. */
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
  /** How often the same question was asked because the page changed. */
  times: z.int(),
});
export type OpenApproval = z.infer<typeof ApprovalSchema>;

/** A downloaded file that was kept. */
const KeptDownloadSchema = z.object({
  /** The id under which a surviving browser would offer the file again. */
  id: z.string(),
  /** Hash of the artifact. */
  name: z.string(),
  bytes: z.int(),
});
export type KeptDownload = z.infer<typeof KeptDownloadSchema>;

const TimesSchema = z.object({
  modelMs: z.number(),
  browserMs: z.number(),
  storeMs: z.number(),
  waitingMs: z.number(),
});
const noTimes = { modelMs: 0, browserMs: 0, storeMs: 0, waitingMs: 0 };

export const CheckpointSchema = z.object({
  version: z.literal(1),
  /** The number of model calls whose answers were used. */
  iteration: z.int(),
  /** The response that the conversation continues from. */
  responseId: z.string().nullable(),
  /** Whether the next model call was begun; the ledger has its response under the next iteration's key. */
  asking: z.boolean(),
  /** The pending computer call, which the model expects an answer to. */
  call: CallSchema.nullable(),
  /** The previous response and its pending call: the conversation returns to it when a call is refused. */
  parent: z
    .object({
      responseId: z.string().nullable(),
      call: CallSchema.pick({ callId: true, screen: true, functions: true, acknowledged: true }).nullable(),
    })
    .default({ responseId: null, call: null }),
  /** The open question to a person. */
  approval: ApprovalSchema.nullable().default(null),
  questions: z.int().default(0),
  /** Whether a person has or had control of the browser and the model was not told yet. */
  held: z.boolean().default(false),
  /** Notes for the model's next request. */
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
  /** The browser of this session, by which a later attempt can find it. */
  browser: z
    .object({ host: z.string().regex(/^[\w-]+$/), actions: z.int(), coldStart: z.boolean().default(true) })
    .nullable()
    .default(null),
  /** Hash of the stored browser state. */
  browserState: z.string().nullable(),
  url: z.string().nullable(),
  /** Name of the newest screenshot among the job's artifacts. */
  screenshot: z.string().nullable(),
  /** The model's last text, for the partial result. */
  said: z.string(),
  warned: z.array(z.string()),
  /** How often an answer was sent back because it did not fit the schema. */
  sentBack: z.int(),
  /** Hash of the last screen and the number of turns in which it has not changed. */
  sameScreen: z.object({ hash: z.string(), turns: z.int() }).nullable(),
  /** The row of turns that chose the same actions on the same screen, by their hash, and the longest such row. */
  repeats: z
    .object({ hash: z.string().nullable(), row: z.int(), longest: z.int() })
    .default({ hash: null, row: 0, longest: 0 }),
  /** Where the time of all attempts went; see `ComputerUseTimes`. */
  times: TimesSchema.default(noTimes),
  /** When the open question was asked, in milliseconds since the epoch; null once that time was counted. */
  askedAt: z.number().nullable().default(null),
  /** How the loop ended, saved in case the worker dies before it can report it. */
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
  repeats: { hash: null, row: 0, longest: 0 },
  times: noTimes,
  askedAt: null,
  ended: null,
};
