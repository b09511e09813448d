/**
 * Refuses changes that another site's page makes in a visitor's browser: the API trusts who can reach it, and a browser
 * on the same machine can. Programs send neither header and pass.
 */
import type { MiddlewareHandler } from 'hono';
import { isEmbeddedForm } from '../embed/address.ts';
import { ProblemError } from './problem.ts';

export function refuseOtherSites(): MiddlewareHandler {
  return async (context, next) => {
    const { method } = context.req;
    const changes = method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS';
    // An embedded form is judged by its own route, which knows the origins that it is for.
    const judged = !isEmbeddedForm(context.req.path);
    if (changes && judged && comesFromAnotherSite(context.req.raw.headers)) {
      throw new ProblemError('cross-site', 'a page of another site may not send this');
    }
    await next();
  };
}

/** Whether a page of another site made the request, by the headers that no page can set. */
export function comesFromAnotherSite(headers: Headers): boolean {
  const site = headers.get('sec-fetch-site');
  if (site !== null) return site !== 'same-origin' && site !== 'none';
  // Browsers leave that header out on plain HTTP beyond this machine; the origin is sent there too.
  const origin = headers.get('origin');
  if (origin === null) return false;
  return !URL.canParse(origin) || new URL(origin).host !== headers.get('host');
}
