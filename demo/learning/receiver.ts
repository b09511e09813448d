/** A receiver of webhooks that is quick, refuses, or answers after a time, by its path. */
import { setTimeout as delay } from 'node:timers/promises';
import { Hono } from 'hono';
import { listenOnLoopback, type LoopbackServer } from '../loopback-server.ts';

const longestMilliseconds = 60_000;

/** Paths: `/quick`, `/forbidden`, `/after/MILLISECONDS`. */
export function startReceiver(): Promise<LoopbackServer> {
  const app = new Hono();
  app.post('/quick', (context) => context.json({ received: true }));
  app.post('/forbidden', (context) => context.json({ error: 'this key may not write here' }, 403));
  app.post('/after/:milliseconds{\\d+}', async (context) => {
    await delay(Math.min(Number(context.req.param('milliseconds')), longestMilliseconds));
    return context.json({ received: true });
  });
  return listenOnLoopback(app, 0);
}
