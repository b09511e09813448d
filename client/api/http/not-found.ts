/** The answer for an unknown route: 405 with the allowed methods, or 404. */
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { ProblemError } from './problem.ts';

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

export function refuseUnknown(app: OpenAPIHono, context: Context): never {
  const { method, path } = context.req;
  const allowed = methods.filter((candidate) => hasRoute(app, candidate, path));
  if (allowed.length === 0) throw new ProblemError('not-found', `there is nothing at ${path}`);
  if (allowed.includes('GET')) allowed.push('HEAD');
  throw new ProblemError('method-not-allowed', `${method} is not for ${path}; ${allowed.join(', ')} would be`, {
    allowed,
  });
}

function hasRoute(app: OpenAPIHono, method: string, path: string): boolean {
  const [handlers] = app.router.match(method, path);
  // Middleware is registered for every method, routes for one.
  return handlers.some(([[, route]]) => route.method !== 'ALL');
}
