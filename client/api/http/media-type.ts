/** Parses a body's content type in the same way as the router, for all code that needs it. */
import type { Context } from 'hono';

/** The media type without its parameters; empty for a body without one. */
export function mediaTypeOf(context: Context): string {
  return context.req.header('content-type')?.split(';')[0]?.trim().toLowerCase() ?? '';
}

/** Whether the router parses it as JSON: `application/json`, and also `application/problem+json`. */
export function isJson(mediaType: string): boolean {
  return /^application\/(?:[\w.-]+\+)?json$/.test(mediaType);
}
