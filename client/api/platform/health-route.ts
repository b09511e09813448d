/** Whether the API is up, and how the parts of the installation are, as far as somebody keeps them up. */
import { setTimeout } from 'node:timers/promises';
import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import { databaseKinds } from '../../../store/across-tenants.ts';
import { partStates } from '../../../store/platform/parts.ts';
import { json } from '../http/documented-answers.ts';
import type { ApiDependencies } from '../dependencies.ts';

const PartSchema = z.object({
  name: z.string(),
  state: z.enum(partStates).describe('`waiting`: it died, and is started again after a while'),
  restarts: z.int().describe('how often it was started again since the installation was'),
  lastDeath: z.object({ at: z.string(), reason: z.string() }).nullable(),
});

const HealthSchema = z.object({
  ok: z.literal(true),
  database: z.enum(databaseKinds).describe('what the store is in'),
  parts: z.array(PartSchema).nullable().describe('null when the store is too busy to tell within 2 s'),
});

const healthRoute = createRoute({
  method: 'get',
  path: '/healthz',
  tags: ['Operation'],
  summary: 'Whether the API is up, and how the parts are that npm start keeps up',
  description: 'The status is that of the API alone. `parts` is empty where the parts are started singly.',
  responses: { 200: json('It is', HealthSchema) },
});

/** Whoever asks waits for seconds, while the store may have a long queue for its connections. */
const storeMilliseconds = 2_000;

export function addHealthRoute(app: OpenAPIHono, { acrossTenants, now }: ApiDependencies): void {
  app.openapi(healthRoute, async (context) => {
    const answered = new AbortController();
    const parts = await Promise.race([
      acrossTenants.parts.list(now()).then((list) => [...list]),
      setTimeout(storeMilliseconds, null, { signal: answered.signal }),
    ]).finally(() => answered.abort());
    return context.json({ ok: true as const, database: acrossTenants.databaseKind, parts }, 200);
  });
}
