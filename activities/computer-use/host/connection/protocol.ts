/**
 * The protocol between worker and browser host, as schemas that both ends parse with. To add a method of the computer:
 * a row in `methods`, its handler in `host.ts`, its call in `hosted-computer.ts`.
 */
import { z } from 'zod';
import { failureTypes } from '../../../../workflows/contract/failures.ts';
import { ComputerActionSchema } from '../../actions.ts';
import { BrowserStateSchema } from '../../browser-state.ts';

/** A method, with the schemas of its parameters and its result. */
export interface Method<Params, Result> {
  readonly name: string;
  readonly params: z.ZodType<Params>;
  readonly result: z.ZodType<Result>;
}

function method<Params, Result>(
  name: string,
  params: z.ZodType<Params>,
  result: z.ZodType<Result>,
): Method<Params, Result> {
  return { name, params, result };
}

const nothing = z.object({});

/** The state of the newest action: `uncertain` when it was begun and broke off, so that it may have happened. */
const ActionStandingSchema = z.discriminatedUnion('state', [
  z.object({ state: z.literal('done') }),
  z.object({ state: z.literal('not_done'), why: z.string() }),
  z.object({ state: z.literal('uncertain') }),
]);
export type ActionStanding = z.infer<typeof ActionStandingSchema>;

export const StandingSchema = z.object({
  /** Whether there is a browser with a page. */
  alive: z.boolean(),
  /** The number of actions that were begun in this host's browser, by all its owners. */
  actions: z.int(),
  /** The newest action; null before the first. */
  newest: ActionStandingSchema.nullable(),
});
export type Standing = z.infer<typeof StandingSchema>;

const MediaTypeSchema = z.enum(['image/png', 'image/jpeg']);

const DownloadSchema = z.object({ id: z.string(), name: z.string(), bytes: z.number() });

export const methods = {
  /**
   * Must be the first call of a connection. From then on, calls of every earlier owner are refused. A host without a session
   * becomes that of the given one; the host of another session refuses.
   */
  attach: method('attach', z.object({ key: z.string(), attempt: z.int() }), StandingSchema),
  open: method(
    'open',
    z.object({
      width: z.int(),
      height: z.int(),
      startUrl: z.string(),
      network: z.object({
        navigate: z.array(z.string()).readonly(),
        load: z.enum(['public', 'listed']),
        allowPrivateOrigins: z.array(z.string()).readonly(),
      }),
      secrets: z
        .array(z.object({ name: z.string(), value: z.string(), origins: z.array(z.string()).readonly() }))
        .readonly(),
      offersFiles: z.boolean(),
      restore: BrowserStateSchema.nullable(),
    }),
    nothing,
  ),
  perform: method('perform', z.object({ action: ComputerActionSchema }), nothing),
  describeTarget: method(
    'describeTarget',
    z.object({ action: ComputerActionSchema }),
    z.object({ words: z.string().nullable(), presses: z.boolean() }),
  ),
  personOnly: method(
    'personOnly',
    z.object({ action: ComputerActionSchema }),
    z.object({ kind: z.enum(['captcha', 'password_change', 'payment']).nullable() }),
  ),
  /** The picture follows the reply as bytes. */
  screenshot: method('screenshot', nothing, z.object({ mediaType: MediaTypeSchema })),
  state: method('state', nothing, BrowserStateSchema),
  /** The same. */
  sight: method('sight', nothing, z.object({ mediaType: MediaTypeSchema, state: BrowserStateSchema })),
  downloads: method(
    'downloads',
    z.object({ waitMilliseconds: z.number() }),
    z.object({ finished: z.array(DownloadSchema), running: z.array(DownloadSchema) }),
  ),
  /** The content follows the reply as bytes. */
  readDownload: method('readDownload', z.object({ id: z.string() }), nothing),
  dropDownload: method('dropDownload', z.object({ id: z.string() }), nothing),
  /** The content follows the request as bytes. */
  putFile: method('putFile', z.object({ name: z.string() }), nothing),
  refresh: method('refresh', nothing, z.object({ why: z.string().nullable() })),
  /** Renews the lease and does nothing else; every other call renews it too. Null renews it for its default length. */
  renew: method('renew', z.object({ milliseconds: z.number().positive().nullable() }), nothing),
  /** Closes the browser and ends the host. */
  end: method('end', nothing, nothing),
};

const TakenSchema = z.object({ notes: z.int(), denials: z.int() });
/** Numbers of the newest notes and denials that the worker has received; the host drops everything up to them. */
export type Taken = z.infer<typeof TakenSchema>;

export const RequestSchema = z.object({ id: z.int(), method: z.string(), params: z.unknown(), taken: TakenSchema });
export type Request = z.input<typeof RequestSchema>;

/** An error on the wire: the kinds that the loop distinguishes, and all others by their message. */
const ErrorSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('failure'), type: z.enum(failureTypes), message: z.string() }),
  z.object({ kind: z.literal('action_problem'), message: z.string() }),
  z.object({ kind: z.literal('not_ready'), message: z.string() }),
  z.object({ kind: z.literal('superseded'), message: z.string() }),
  z.object({ kind: z.literal('other'), message: z.string() }),
]);
export type ErrorMessage = z.infer<typeof ErrorSchema>;

const numbered = <Item extends z.ZodType>(item: Item) => z.array(z.object({ number: z.int(), item }));

export const ReplySchema = z.object({
  id: z.int(),
  result: z.unknown(),
  error: ErrorSchema.nullable(),
  /** Address of the current page; null without one. */
  url: z.string().nullable(),
  notes: numbered(z.string()),
  denials: numbered(z.object({ target: z.string(), reason: z.string() })),
});
export type Reply = z.input<typeof ReplySchema>;
