/** What a body is said to be, read in one way by all that looks at bodies, which is the router's own way. */
import type { Context } from 'hono';

/** The media type without its parameters; empty for a body of which none is told. */
export function mediaTypeOf(context: Context): string {
  return context.req.header('content-type')?.split(';')[0]?.trim().toLowerCase() ?? '';
}

/** Whether the router reads it as JSON: `application/json`, and `application/problem+json` too. */
export function isJson(mediaType: string): boolean {
  return /^application\/(?:[\w.-]+\+)?json$/.test(mediaType);
}
