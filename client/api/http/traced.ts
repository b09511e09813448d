/** A span for each request to the API, under which what it starts at Temporal goes on. Its address is told by its route alone. */
import type { MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import type { Traces } from '../../../traces/traces.ts';

/** Asked for by machines and browsers over and over, and nothing follows from it. */
const untraced = /^\/(healthz|assets\/|reference\/)/;

/** A stream's span ends when the stream begins. */
export function traced(traces: Traces): MiddlewareHandler {
  return (context, next) => {
    const { method, path } = context.req;
    if (untraced.test(path)) return next();
    const askedBy = context.req.header('traceparent');
    return traces.within({ name: 'api request', kind: 'server', askedBy }, async (span) => {
      await next();
      span.set({
        'http.request.method': method,
        'http.route': routePath(context, -1),
        'http.response.status_code': context.res.status,
      });
    });
  };
}
