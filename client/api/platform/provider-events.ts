/**
 * Parses the model provider's webhook events. The provider's own package verifies the signature, because the provider
 * may change the scheme; no other file outside the adapter uses the package.
 */
import OpenAI from 'openai';
import { z } from 'zod';

/** Old events are refused, so that an intercepted one cannot be replayed for long. */
const toleranceSeconds = 300;

/** The events that report the end of a response. */
const responseEnds = ['response.completed', 'response.failed', 'response.incomplete', 'response.cancelled'] as const;
/** The events that report the end of a batch of the batch API. */
const batchEnds = ['batch.completed', 'batch.failed', 'batch.expired', 'batch.cancelled'] as const;
/** The events that are handled. The provider sends others too, and will add more. */
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
  // This client makes no call, so it needs no key.
  const { webhooks } = new OpenAI({ apiKey: 'none' });
  return async (body, headers) => {
    try {
      await webhooks.verifySignature(body, headers, secret, toleranceSeconds);
      return { ok: true };
    } catch (error) {
      // A missing header, a time that is too far away, or an invalid signature.
      return { ok: false, reason: error instanceof Error ? error.message : String(error) };
    }
  };
}

/** Null for an event of another kind. Throws a `SyntaxError` or a `ZodError` for an invalid event. */
export function readEvent(body: string): ProviderEnd | null {
  const event: unknown = JSON.parse(body);
  const { type } = EventSchema.parse(event);
  if (!endTypes.some((known) => known === type)) return null;
  const end = EndSchema.parse(event);
  return { of: batchEnds.some((known) => known === type) ? 'batch' : 'response', id: end.data.id, type: end.type };
}
