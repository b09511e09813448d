/** HTTP routes for batches: create, list, read, follow, remove. */
import { createHash, randomBytes } from 'node:crypto';
import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import { batchStates } from '../../../workflows/contract/batches/batch.ts';
import {
  BatchDefinitionSchema,
  BatchViewSchema,
  type BatchDefinition,
} from '../../../workflows/contract/batches/schema.ts';
import { changeRefusals, json, problem } from '../http/documented-answers.ts';
import { EventSchema } from '../jobs/documented-views.ts';
import { findBatch, removeBatch } from './batch-control.ts';
import { addBatchControlRoutes } from './batch-control-routes.ts';
import { addBatchItemRoutes } from './batch-item-routes.ts';
import { BatchSchema, withProgress } from './batch-progress.ts';
import { schemaProblemsAside } from '../checks/checks.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { streamEvents } from '../http/event-stream.ts';
import { ProblemError } from '../http/problem.ts';

const tags = ['Batches'];
const params = z.object({ id: z.string().openapi({ param: { name: 'id', in: 'path' } }) });
const missing = problem('No such batch');

const createBatchRoute = createRoute({
  method: 'post',
  path: '/v1/batches',
  tags,
  summary: 'Create a batch: one prompt for many items, which are uploaded next',
  request: {
    headers: z.object({
      'idempotency-key': z
        .string()
        .min(1)
        .max(200)
        .optional()
        .describe('a repeated request with the same key returns the same batch'),
    }),
    body: { required: true, content: { 'application/json': { schema: BatchDefinitionSchema } } },
  },
  responses: {
    201: json('Created; Location has its address', BatchSchema),
    200: json('The batch that an earlier request with this Idempotency-Key created', BatchSchema),
    ...changeRefusals,
    400: problem('The body does not match the schema'),
    409: problem('The Idempotency-Key was used for another batch'),
    413: problem('The body is larger than 1 MiB'),
    415: problem('The body is not application/json'),
  },
});

const listRoute = createRoute({
  method: 'get',
  path: '/v1/batches',
  tags,
  summary: 'Batches, newest first',
  request: {
    query: z.object({
      state: z.enum(batchStates).optional(),
      before: z.iso.datetime().optional().describe('createdAt of the last batch on the previous page'),
      limit: z.coerce.number().int().min(1).max(200).default(50),
    }),
  },
  responses: {
    200: json('The batches', z.object({ batches: z.array(BatchViewSchema) })),
    400: problem('A filter is wrong'),
  },
});

const readRoute = createRoute({
  method: 'get',
  path: '/v1/batches/{id}',
  tags,
  summary: 'A batch with counts by status, rate, cost so far, forecast and failures by type',
  request: { params },
  responses: { 200: json('The batch', BatchSchema), 404: missing },
});

const eventsRoute = createRoute({
  method: 'get',
  path: '/v1/batches/{id}/events',
  tags,
  summary: "The batch's events in order, as JSON or as a stream of server-sent events",
  request: {
    params,
    query: z.object({ cursor: z.coerce.number().int().min(0).default(0) }),
    headers: z.object({ 'last-event-id': z.coerce.number().int().min(0).optional() }),
  },
  responses: {
    200: {
      description: 'Events after the cursor; the stream ends with the batch',
      content: {
        'application/json': { schema: z.object({ events: z.array(EventSchema), cursor: z.int() }) },
        'text/event-stream': { schema: z.string() },
      },
    },
    400: problem('The cursor is wrong'),
    404: missing,
  },
});

const removeRoute = createRoute({
  method: 'delete',
  path: '/v1/batches/{id}',
  tags,
  summary: 'Remove a batch that has ended or was never started, with its items and results',
  request: { params },
  responses: {
    204: { description: 'Removed' },
    ...changeRefusals,
    404: missing,
    409: problem('The batch is running: cancel it first'),
  },
});

const pageOfEvents = 500;

export function addBatchRoutes(app: OpenAPIHono, dependencies: ApiDependencies): void {
  const { store, now } = dependencies;
  app.openapi(createBatchRoute, async (context) => {
    const definition = context.req.valid('json');
    const { id, known } = await makeBatch(dependencies, definition, context.req.valid('header')['idempotency-key']);
    context.header('location', `/v1/batches/${id}`);
    return context.json(await withProgress(store, await findBatch(store, id), now()), known ? 200 : 201);
  });

  app.openapi(listRoute, async (context) => {
    return context.json({ batches: [...(await store.batches.list({ ...context.req.valid('query') }))] }, 200);
  });

  app.openapi(readRoute, async (context) => {
    const batch = await findBatch(store, context.req.valid('param').id);
    return context.json(await withProgress(store, batch, now()), 200);
  });

  app.openapi(eventsRoute, async (context) => {
    const { id } = await findBatch(store, context.req.valid('param').id);
    const cursor = context.req.valid('header')['last-event-id'] ?? context.req.valid('query').cursor;
    const wantsStream = context.req.header('accept')?.includes('text/event-stream') === true;
    if (wantsStream && context.req.method === 'GET') {
      const endedAt = () => store.batches.endedAt(id);
      return streamEvents(context, store, { id, endEvent: 'batch.ended', endedAt }, cursor);
    }
    const events = [...(await store.events.after(id, cursor, pageOfEvents))];
    return context.json({ events, cursor: events.at(-1)?.sequence ?? cursor }, 200);
  });

  app.openapi(removeRoute, async (context) => {
    await removeBatch(dependencies, context.req.valid('param').id);
    return context.body(null, 204);
  });

  addBatchItemRoutes(app, dependencies);
  addBatchControlRoutes(app, dependencies);
}

async function makeBatch(
  { store, now }: ApiDependencies,
  definition: BatchDefinition,
  key: string | undefined,
): Promise<{ readonly id: string; readonly known: boolean }> {
  const hash = createHash('sha256')
    .update(JSON.stringify([store.tenant, key]))
    .digest('hex');
  const id = `batch_${key === undefined ? randomBytes(12).toString('hex') : hash.slice(0, 24)}`;
  const found = await store.batches.find(id);
  if (found !== null && fingerprint(found.definition) !== fingerprint(definition)) {
    throw new ProblemError('conflict', `this Idempotency-Key was used for another batch, ${id}`);
  }
  if (found === null) {
    await refuseBrokenSchema(definition);
    await store.batches.create({ id, definition, now: now() });
    await store.events.append({ jobId: id, type: 'batch.created', message: `made as ${definition.name}` });
  }
  return { id, known: found !== null };
}

async function refuseBrokenSchema({ outputSchema }: BatchDefinition): Promise<void> {
  const problems = outputSchema === null ? [] : [...(await schemaProblemsAside(outputSchema, 'outputSchema'))];
  if (problems.length === 0) return;
  throw new ProblemError('invalid-request', 'the schema of the answers cannot be used', { problems });
}

/** Identifies a definition without its limits, which may have been changed since. */
function fingerprint(definition: BatchDefinition): string {
  const parts = Object.entries(definition).filter(([name]) => name !== 'limits');
  return JSON.stringify(parts.sort(([left], [right]) => (left < right ? -1 : 1)));
}
