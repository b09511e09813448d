/**
 * Refuses changes that another site's page sends from a visitor's browser: the API trusts everyone who can reach it,
 * and that includes any browser on the same machine. Programs send neither header and pass.
 */
import type { MiddlewareHandler } from 'hono';
import { isEmbeddedForm } from '../embed/address.ts';
import { ProblemError } from './problem.ts';

export function refuseOtherSites(): MiddlewareHandler {
  return async (context, next) => {
    const { method } = context.req;
    const changes = method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS';
    // An embedded form has its own check in its route, which knows the allowed origins.
    const judged = !isEmbeddedForm(context.req.path);
    if (changes && judged && comesFromAnotherSite(context.req.raw.headers)) {
      throw new ProblemError('cross-site', 'a page of another site may not send this');
    }
    await next();
  };
}

/** Whether a page of another site made the request, by headers that pages cannot set. */
export function comesFromAnotherSite(headers: Headers): boolean {
  const site = headers.get('sec-fetch-site');
  if (site !== null) return site !== 'same-origin' && site !== 'none';
  // Browsers omit that header on plain HTTP beyond this machine, but send the origin.
  const origin = headers.get('origin');
  if (origin === null) return false;
  return !URL.canParse(origin) || new URL(origin).host !== headers.get('host');
}
