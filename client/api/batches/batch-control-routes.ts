/** What is done to a batch over HTTP: start, estimate, pause, resume, cancel, change limits, try failed items again. */
import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import { BatchLimitChangesSchema } from '../../../workflows/contract/batches/schema.ts';
import { changeRefusals, json, problem } from '../jobs/answers.ts';
import { estimateBatch, findBatch, orderBatch, retryFailed, startBatch } from './batch-control.ts';
import { BatchSchema, withProgress, type BatchWithProgress } from './batch-progress.ts';
import type { ApiDependencies } from '../dependencies.ts';

const tags = ['Batches'];
const params = z.object({ id: z.string().openapi({ param: { name: 'id', in: 'path' } }) });
const bodyRefusals = {
  400: problem('The body is not JSON of this form'),
  413: problem('Above 1 MiB'),
  415: problem('The body is not application/json'),
};

/** The routes differ in little: what they are called and whether they take a body. */
const answers = (description: string) => ({
  200: json(description, BatchSchema),
  ...changeRefusals,
  404: problem('No such batch'),
  409: problem('The batch does not stand so that this could be done'),
  503: problem('Temporal cannot be reached, or no worker serves the batch'),
});

const startRoute = createRoute({
  method: 'post',
  path: '/v1/batches/{id}/start',
  tags,
  summary: 'Start the batch with the items that were sent',
  description: 'After a 503 it starts by itself; starting it again changes nothing.',
  request: { params },
  responses: answers('Started'),
});

const estimateRoute = createRoute({
  method: 'post',
  path: '/v1/batches/{id}/estimate',
  tags,
  summary: 'What the batch may cost, before it runs',
  description:
    'Begins it paused: estimateUsd is a guess by the length of prompt and items, worstUsd the bound. Nothing is submitted until it is started.',
  request: { params },
  responses: answers('The estimate; when there is none, the pause says why'),
});

const pauseRoute = createRoute({
  method: 'post',
  path: '/v1/batches/{id}/pause',
  tags,
  summary: 'Submit nothing more for now; what is under way is taken up again on resume',
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
  summary: 'Go on',
  request: { params },
  responses: answers('Goes on'),
});

const cancelRoute = createRoute({
  method: 'post',
  path: '/v1/batches/{id}/cancel',
  tags,
  summary: 'End the batch; what is under way is cancelled at the provider, answers that are there stay',
  request: { params },
  responses: answers('It ends'),
});

const limitsRoute = createRoute({
  method: 'patch',
  path: '/v1/batches/{id}/limits',
  tags,
  summary: 'Change limits, also while the batch runs',
  request: { params, body: { required: true, content: { 'application/json': { schema: BatchLimitChangesSchema } } } },
  responses: { ...answers('In force'), ...bodyRefusals },
});

const retryRoute = createRoute({
  method: 'post',
  path: '/v1/batches/{id}/retry-failed',
  tags,
  summary: 'Try the failed and timed-out items of an ended batch again',
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
              .describe('also those that may have been paid; they may be paid twice'),
          }),
        },
      },
    },
  },
  responses: { ...answers('Begun again'), ...bodyRefusals },
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
    await retryFailed(dependencies, id, { uncertain: context.req.valid('json').uncertain });
    return context.json(await read(id), 200);
  });
}
