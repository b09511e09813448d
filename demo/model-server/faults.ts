/** Faults on command. Each applies to matching requests, a given number of times. */
import { z } from 'zod';

export const FaultSchema = z.strictObject({
  match: z
    .strictObject({
      method: z.string().optional(),
      /** `*` matches one segment, as in `/v1/responses/*`. The path of an event is its type, as in `/events/response.failed`. */
      path: z.string().optional(),
      /** The first request that the fault applies to, counted from 1 among those that match. */
      nth: z.number().int().positive().optional(),
      model: z.string().optional(),
    })
    .optional(),
  kind: z.enum([
    'rate_limit',
    'quota',
    'server_error',
    'reset',
    'hang',
    'truncated',
    /** The answer begins, and never ends. */
    'stall',
    'duplicate',
    'incomplete',
    'refusal',
    'failed',
    'unknown_id',
    'batch_failed',
    'batch_expired',
    'event_lost',
    'event_late',
    'event_repeated',
  ]),
  times: z.number().int().positive().default(1),
  /** For a reset or a hang: whether the work was done (and paid) before the answer was lost. */
  when: z.enum(['before_work', 'after_work']).default('after_work'),
  /** For a rate limit: its duration. For an event: its delay. */
  retryAfterSeconds: z.number().nonnegative().default(1),
});

export type Fault = z.infer<typeof FaultSchema>;
/** A fault as a test gives it: properties with a default are optional. */
export type FaultOrder = z.input<typeof FaultSchema>;

/** Where a fault applies: at a request that creates something, at another request, or at a webhook event. */
export type Occasion = 'create' | 'create_batch' | 'other' | 'event';

export interface Target {
  readonly method: string;
  readonly path: string;
  readonly model: string | null;
  readonly occasion: Occasion;
}

/** Faults that apply at one of these places only. All others apply to any request. */
const occasions: Readonly<Partial<Record<Fault['kind'], Occasion>>> = {
  // These end a batch.
  batch_failed: 'create_batch',
  batch_expired: 'create_batch',
  // These change the answer of the model.
  duplicate: 'create',
  incomplete: 'create',
  refusal: 'create',
  failed: 'create',
  event_lost: 'event',
  event_late: 'event',
  event_repeated: 'event',
};

export class Faults {
  readonly #armed: { readonly fault: Fault; seen: number; left: number }[] = [];

  inject(order: FaultOrder): void {
    const fault = FaultSchema.parse(order);
    this.#armed.push({ fault, seen: 0, left: fault.times });
  }

  clear(): void {
    this.#armed.length = 0;
  }

  /** The fault that applies to this request, if any: at most one, the one that was armed first. */
  take(target: Target): Fault | null {
    let matched: Fault | null = null;
    for (const armed of this.#armed) {
      if (armed.left === 0 || !matches(armed.fault, target)) continue;
      armed.seen += 1;
      if (matched !== null || armed.seen < (armed.fault.match?.nth ?? 1)) continue;
      armed.left -= 1;
      matched = armed.fault;
    }
    return matched;
  }
}

function matches({ kind, match }: Fault, target: Target): boolean {
  const occasion = occasions[kind];
  if (occasion === undefined ? target.occasion === 'event' : target.occasion !== occasion) return false;
  if (match?.method !== undefined && match.method.toUpperCase() !== target.method) return false;
  if (match?.model !== undefined && match.model !== target.model) return false;
  return match?.path === undefined || samePath(match.path, target.path);
}

function samePath(pattern: string, path: string): boolean {
  const wanted = pattern.split('/');
  const parts = path.split('/');
  return wanted.length === parts.length && wanted.every((part, index) => part === '*' || part === parts[index]);
}
