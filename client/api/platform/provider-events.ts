/**
 * Reads what the model provider tells of by itself. The signature is checked by the provider's own package: its scheme is
 * the provider's to change, and this is the one file outside the adapter that knows the package.
 */
import OpenAI from 'openai';
import { z } from 'zod';

/** Old events are refused, so that one that was overheard cannot be sent again for long. */
const toleranceSeconds = 300;

/** The events that say that a response has ended. */
const responseEnds = ['response.completed', 'response.failed', 'response.incomplete', 'response.cancelled'] as const;
/** The events that say that a batch of the batch API has ended. */
const batchEnds = ['batch.completed', 'batch.failed', 'batch.expired', 'batch.cancelled'] as const;
/** What is acted on. The provider tells of more, and will of others yet. */
export const endTypes = [...responseEnds, ...batchEnds] as const;

const EndSchema = z.object({ type: z.enum(endTypes), data: z.object({ id: z.string().min(1).max(200) }) });
const EventSchema = z.object({ type: z.string() });

export interface ProviderEnd {
  readonly of: 'response' | 'batch';
  /** The provider's id. */
  readonly id: string;
  readonly type: (typeof endTypes)[number];
}

export type Signed = { readonly ok: true } | { readonly ok: false; readonly reason: string };

export type EventChecker = (body: string, headers: Headers) => Promise<Signed>;

/** `secret` is the endpoint's, as the provider shows it: `whsec_…`. */
export function createEventChecker(secret: string): EventChecker {
  // No call is made with this client, so it needs no key.
  const { webhooks } = new OpenAI({ apiKey: 'none' });
  return async (body, headers) => {
    try {
      await webhooks.verifySignature(body, headers, secret, toleranceSeconds);
      return { ok: true };
    } catch (error) {
      // A header that is missing, a time that is too far away, or a signature of somebody else.
      return { ok: false, reason: error instanceof Error ? error.message : String(error) };
    }
  };
}

/** Null for an event of another kind. Throws a `SyntaxError` or a `ZodError` for what is no event at all. */
export function readEvent(body: string): ProviderEnd | null {
  const event: unknown = JSON.parse(body);
  const { type } = EventSchema.parse(event);
  if (!endTypes.some((known) => known === type)) return null;
  const end = EndSchema.parse(event);
  return { of: batchEnds.some((known) => known === type) ? 'batch' : 'response', id: end.data.id, type: end.type };
}
