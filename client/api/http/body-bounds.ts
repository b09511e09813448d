/**
 * Limits bodies before they are parsed: JSON by depth and number of values, because its checks descend by recursion,
 * and forms by number of fields. One pass over the text finds this, and also detects invalid JSON.
 */
import type { Context, MiddlewareHandler } from 'hono';
import { jsonBoundsProblem } from './json-bounds.ts';
import { isJson, mediaTypeOf } from './media-type.ts';
import { ProblemError } from './problem.ts';

const mostFields = 1000;

/** Refuses JSON and forms beyond the limits. */
export function boundedBodies(): MiddlewareHandler {
  return async (context, next) => {
    // Reads a copy: later handlers read the body themselves, and may limit it further.
    if (isJson(mediaTypeOf(context))) {
      const problem = jsonBoundsProblem(await context.req.raw.clone().text());
      if (problem !== null) throw new ProblemError('invalid-request', problem);
    }
    // The body is read before it may be refused: otherwise the connection would be cut while it is sent.
    if (isForm(mediaTypeOf(context))) {
      const body = Buffer.from(await context.req.raw.clone().arrayBuffer());
      refuseLargeForm(body, separatorOf(context));
    }
    await next();
  };
}

/**
 * Content types of forms as browsers and HTTP libraries write them. The parser accepts other spellings too, with
 * quotes, escapes and commas, and would find another boundary in them than this check.
 */
const urlEncoded = /^application\/x-www-form-urlencoded(?:\s*;\s*charset="?[\w-]+"?)?$/i;
const multipart =
  /^multipart\/form-data(?:\s*;\s*charset=[\w-]+)?\s*;\s*boundary=(?<quote>"?)(?<boundary>[\w'()+./:=?-]{1,70})\k<quote>(?:\s*;\s*charset=[\w-]+)?$/i;

function isForm(mediaType: string): boolean {
  return mediaType === 'application/x-www-form-urlencoded' || mediaType === 'multipart/form-data';
}

/** The separator between the fields of a form. */
function separatorOf(context: Context): string {
  const type = context.req.header('content-type') ?? '';
  if (urlEncoded.test(type)) return '&';
  const boundary = multipart.exec(type)?.groups?.['boundary'];
  if (boundary !== undefined) return `--${boundary}`;
  const mediaType = mediaTypeOf(context);
  const plain = `${mediaType}${mediaType.startsWith('multipart') ? '; boundary=…' : ''}`;
  throw new ProblemError('unsupported-media-type', `send the form as ${plain}, without other parameters`);
}

/** A form parser takes quadratic time in the number of fields. */
function refuseLargeForm(body: Buffer, between: string): void {
  let fields = 0;
  for (let at = body.indexOf(between); at !== -1; at = body.indexOf(between, at + between.length)) {
    fields += 1;
    if (fields > mostFields) throw new ProblemError('invalid-request', `the form has more than ${mostFields} fields`);
  }
}
