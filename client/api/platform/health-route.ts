/** Whether the API is up, how the parts of the installation are, how busy its workers are, and how many experiments there are. */
import { setTimeout } from 'node:timers/promises';
import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import { databaseKinds } from '../../../store/across-tenants.ts';
import { partStates } from '../../../store/platform/parts.ts';
import { experimentStates } from '../../../workflows/contract/experiments/experiment.ts';
import { queueKinds } from '../../../workflows/contract/names.ts';
import { json } from '../http/documented-answers.ts';
import type { ApiDependencies } from '../dependencies.ts';

const PartSchema = z.object({
  name: z.string(),
  state: z.enum(partStates).describe('`waiting`: it died, and is started again after a while'),
  restarts: z.int().describe('how often it was started again since the installation was'),
  lastDeath: z.object({ at: z.string(), reason: z.string() }).nullable(),
});

const WorkerSchema = z.object({
  queue: z.enum(queueKinds),
  slots: z.int().describe('the most that it does at once'),
  busy: z.int(),
  startedAt: z.string(),
  seenAt: z.string().describe('when it last told of itself; it does every 10 s'),
});

const HealthSchema = z.object({
  ok: z.literal(true),
  database: z.enum(databaseKinds).describe('what the store is in'),
  parts: z.array(PartSchema).nullable().describe('null when the store is too busy to tell within 2 s'),
  workers: z
    .array(WorkerSchema)
    .nullable()
    .describe('those that have told of themselves within a minute; null as above'),
  experiments: z
    .partialRecord(z.enum(experimentStates), z.int())
    .nullable()
    .describe('how many there are in each state; null as above'),
});

const healthRoute = createRoute({
  method: 'get',
  path: '/healthz',
  tags: ['Operation'],
  summary: 'Whether the API is up, and how the parts and workers of the installation are',
  description: 'The status is that of the API alone. `parts` is empty where the parts are started singly.',
  responses: { 200: json('It is', HealthSchema) },
});

/** Whoever asks waits for seconds, while the store may have a long queue for its connections. */
const storeMilliseconds = 2_000;

export function addHealthRoute(app: OpenAPIHono, { store, acrossTenants, now }: ApiDependencies): void {
  const read = async () => ({
    parts: [...(await acrossTenants.parts.list(now()))],
    workers: (await acrossTenants.workerBeats.list(now())).map(({ id: _id, told: _told, ...worker }) => worker),
    experiments: await store.experimentViews.counts(),
  });
  app.openapi(healthRoute, async (context) => {
    const answered = new AbortController();
    const told = await Promise.race([
      read(),
      setTimeout(storeMilliseconds, { parts: null, workers: null, experiments: null }, { signal: answered.signal }),
    ]).finally(() => answered.abort());
    return context.json({ ok: true as const, database: acrossTenants.databaseKind, ...told }, 200);
  });
}
