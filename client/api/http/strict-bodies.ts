/** Checks JSON bodies before any route reads them: what a parser would change silently is refused, with its place. */
import type { MiddlewareHandler } from 'hono';
import { describeFlaw, readStrictJson } from '../../../workflows/contract/json/strict-json.ts';
import { isJson, mediaTypeOf } from './media-type.ts';
import { ProblemError } from './problem.ts';

/** A route that verifies a signature over the body parses it itself, afterwards. */
export function refuseUnsafeJson(readForThemselves: readonly string[]): MiddlewareHandler {
  return async (context, next) => {
    if (!isJson(mediaTypeOf(context)) || readForThemselves.includes(context.req.path)) return next();
    const text = await context.req.text();
    const read = text === '' ? null : readStrictJson(text, 'refused');
    if (read === null || read.ok) return next();
    const detail = read.flaws.map((flaw) => describeFlaw(flaw, 'the body')).join('; ');
    throw new ProblemError('invalid-request', detail, { problems: [...read.flaws] });
  };
}
