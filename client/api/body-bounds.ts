/**
 * JSON bodies are bounded in depth and in number of values before they are parsed: what checks them goes through them by
 * recursion, a step for each value. Found by one pass over the text, which also sees what is no JSON.
 */
import type { MiddlewareHandler } from 'hono';
import { ProblemError } from './problem.ts';

const mostLevels = 100;
const mostValues = 50_000;

/** Refuses JSON beyond the bounds. */
export function boundedBodies(): MiddlewareHandler {
  return async (context, next) => {
    const type = context.req.header('content-type') ?? '';
    // Of a copy: what comes after reads the body itself, and may bound it further.
    if (/^application\/(?:[\w.-]+\+)?json\b/i.test(type)) refuseLargeJson(await context.req.raw.clone().text());
    await next();
  };
}

function refuseLargeJson(text: string): void {
  let level = 0;
  let values = 1;
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at];
    if (letter === '"') at = endOfString(text, at);
    else if (letter === '[' || letter === '{') level += 1;
    else if (letter === ']' || letter === '}') level -= 1;
    else if (letter === ',') values += 1;
    if (level > mostLevels)
      throw new ProblemError('invalid-request', `the body is nested more than ${mostLevels} deep`);
    if (values > mostValues) throw new ProblemError('invalid-request', `the body has more than ${mostValues} values`);
  }
}

function endOfString(text: string, begin: number): number {
  for (let at = begin + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"') return at;
  }
  return text.length;
}
