/** HTTP routes that control a batch: start, estimate, pause, resume, cancel, change limits, retry failed items. */
import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import { BatchLimitChangesSchema } from '../../../workflows/contract/batches/schema.ts';
import { changeRefusals, json, problem } from '../http/documented-answers.ts';
import { estimateBatch, findBatch, orderBatch, retryFailed, startBatch } from './batch-control.ts';
import { BatchSchema, withProgress, type BatchWithProgress } from './batch-progress.ts';
import type { ApiDependencies } from '../dependencies.ts';

const tags = ['Batches'];
const params = z.object({ id: z.string().openapi({ param: { name: 'id', in: 'path' } }) });
const bodyRefusals = {
  400: problem('The body does not match the schema'),
  413: problem('The body is larger than 1 MiB'),
  415: problem('The body is not application/json'),
};

/** The responses that all these routes have. */
const answers = (description: string) => ({
  200: json(description, BatchSchema),
  ...changeRefusals,
  404: problem('No such batch'),
  409: problem("The batch's state does not allow this"),
  503: problem('Temporal cannot be reached, or no worker serves the batch'),
});

const startRoute = createRoute({
  method: 'post',
  path: '/v1/batches/{id}/start',
  tags,
  summary: 'Start the batch with the items that were uploaded',
  description: 'After a 503 the batch starts by itself later. A repeated request changes nothing.',
  request: { params },
  responses: answers('Started'),
});

const estimateRoute = createRoute({
  method: 'post',
  path: '/v1/batches/{id}/estimate',
  tags,
  summary: 'Estimate the cost of a batch before it runs',
  description:
    'Starts the batch paused; nothing is submitted until it is started. estimateUsd is estimated from the length of prompt and items; worstUsd is the upper bound.',
  request: { params },
  responses: answers('The batch with its estimate; without one, the pause says why'),
});

const pauseRoute = createRoute({
  method: 'post',
  path: '/v1/batches/{id}/pause',
  tags,
  summary: 'Pause: submit no further items; answers to calls under way are fetched after the resume',
  request: {
    params,
    body: {
      required: true,
      content: { 'application/json': { schema: z.strictObject({ message: z.string().min(1).max(500) }) } },
    },
  },
  responses: { ...answers('Paused'), ...bodyRefusals },
});

const resumeRoute = createRoute({
  method: 'post',
  path: '/v1/batches/{id}/resume',
  tags,
  summary: 'Resume',
  request: { params },
  responses: answers('Resumed'),
});

const cancelRoute = createRoute({
  method: 'post',
  path: '/v1/batches/{id}/cancel',
  tags,
  summary: 'Cancel: end the batch, cancel calls under way at the provider, and keep the answers so far',
  request: { params },
  responses: answers('The batch is ending'),
});

const limitsRoute = createRoute({
  method: 'patch',
  path: '/v1/batches/{id}/limits',
  tags,
  summary: 'Change limits, also while the batch runs',
  request: { params, body: { required: true, content: { 'application/json': { schema: BatchLimitChangesSchema } } } },
  responses: { ...answers('Changed, and in force'), ...bodyRefusals },
});

const retryRoute = createRoute({
  method: 'post',
  path: '/v1/batches/{id}/retry-failed',
  tags,
  summary: 'Retry the failed and timed-out items of an ended batch',
  request: {
    params,
    body: {
      required: false,
      content: {
        'application/json': {
          schema: z.strictObject({
            uncertain: z
              .boolean()
              .default(false)
              .describe('also retry uncertain items: their calls may have been paid, so they may be paid twice'),
          }),
        },
      },
    },
  },
  responses: {
    ...answers('Started again'),
    ...bodyRefusals,
    202: json('Accepted: the many items of the batch are still being reopened; it starts when they are', BatchSchema),
  },
});

export function addBatchControlRoutes(app: OpenAPIHono, dependencies: ApiDependencies): void {
  const { store, now } = dependencies;
  const read = async (id: string): Promise<BatchWithProgress> => withProgress(store, await findBatch(store, id), now());

  app.openapi(startRoute, async (context) => {
    const { id } = context.req.valid('param');
    await startBatch(dependencies, id);
    return context.json(await read(id), 200);
  });
  app.openapi(estimateRoute, async (context) => {
    const { id } = context.req.valid('param');
    await estimateBatch(dependencies, id);
    return context.json(await read(id), 200);
  });
  app.openapi(pauseRoute, async (context) => {
    const { id } = context.req.valid('param');
    await orderBatch(dependencies, id, { kind: 'pause', message: context.req.valid('json').message });
    return context.json(await read(id), 200);
  });
  app.openapi(resumeRoute, async (context) => {
    const { id } = context.req.valid('param');
    await orderBatch(dependencies, id, { kind: 'resume' });
    return context.json(await read(id), 200);
  });
  app.openapi(cancelRoute, async (context) => {
    const { id } = context.req.valid('param');
    await orderBatch(dependencies, id, { kind: 'cancel' });
    return context.json(await read(id), 200);
  });
  app.openapi(limitsRoute, async (context) => {
    const { id } = context.req.valid('param');
    await orderBatch(dependencies, id, { kind: 'limits', changes: context.req.valid('json') });
    return context.json(await read(id), 200);
  });
  app.openapi(retryRoute, async (context) => {
    const { id } = context.req.valid('param');
    const isReopened = await retryFailed(dependencies, id, { uncertain: context.req.valid('json').uncertain });
    return context.json(await read(id), isReopened ? 200 : 202);
  });
}
