/** HTTP routes for experiments: submit, list, read, cancel, run again. Files and uploads have files of their own. */
import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import { experimentStates } from '../../../workflows/contract/experiments/experiment.ts';
import { NewExperimentSpecSchema } from '../../../workflows/contract/experiments/spec.ts';
import {
  ExperimentLineSchema,
  ExperimentViewSchema,
  type ExperimentView,
} from '../../../workflows/contract/experiments/view.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { changeRefusals, json, problem } from '../http/documented-answers.ts';
import { cancelExperiment } from './cancel-experiment.ts';
import { addExperimentEventsRoute } from './experiment-events.ts';
import { addExperimentFileRoutes } from './experiment-file-routes.ts';
import { noExperiment, rerunExperiment, submitExperiment } from './submit-experiment.ts';
import { addVideoUploadRoute } from './video-upload-route.ts';

const tags = ['Experiments'];
const params = z.object({ id: z.string().openapi({ param: { name: 'id', in: 'path' } }) });
const missing = problem('No such experiment');
const KeySchema = z.object({
  'idempotency-key': z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe('a repeated request with the same key returns the same experiment'),
});
const ExperimentSchema = ExperimentViewSchema.meta({ id: 'Experiment' });

const submitRoute = createRoute({
  method: 'post',
  path: '/v1/experiments',
  tags,
  summary: 'Submit an experiment: a video, and code that encodes and decodes it or a goal for a model that writes it',
  description:
    'It is accepted also while all workers are busy or Temporal is away, and begins later; `waitingBefore` says how many wait before it.',
  request: {
    headers: KeySchema,
    body: { required: true, content: { 'application/json': { schema: NewExperimentSpecSchema } } },
  },
  responses: {
    202: json(
      'Accepted, or what an earlier request with this Idempotency-Key made; Location has its address',
      ExperimentSchema,
    ),
    ...changeRefusals,
    400: problem('The body does not match the schema'),
    409: problem('The Idempotency-Key was used for another experiment'),
    413: problem('The body is larger than 1 MiB'),
    415: problem('The body is not application/json'),
    422: problem('The video was not uploaded, or as another format'),
  },
});

const listRoute = createRoute({
  method: 'get',
  path: '/v1/experiments',
  tags,
  summary: 'Experiments, newest first',
  request: {
    query: z.object({
      state: z.enum(experimentStates).optional(),
      before: z.string().max(100).optional().describe('`next` of the previous page'),
      limit: z.coerce.number().int().min(1).max(200).default(50),
    }),
  },
  responses: {
    200: json(
      'The experiments; `next` is `before` of the next page, null on the last',
      z.object({
        experiments: z.array(ExperimentLineSchema.meta({ id: 'ExperimentLine' })),
        next: z.string().nullable(),
      }),
    ),
    400: problem('A filter is wrong'),
  },
});

const readRoute = createRoute({
  method: 'get',
  path: '/v1/experiments/{id}',
  tags,
  summary: 'An experiment: how far it is, its rounds, their metrics and files',
  request: { params },
  responses: { 200: json('The experiment', ExperimentSchema), 404: missing },
});

const cancelRoute = createRoute({
  method: 'post',
  path: '/v1/experiments/{id}/cancel',
  tags,
  summary: 'Cancel an experiment; one that has ended stays as it is',
  request: { params },
  responses: {
    202: json('The experiment as it is now', ExperimentSchema),
    ...changeRefusals,
    404: missing,
    503: problem('Temporal cannot be reached; the experiment goes on'),
  },
});

const rerunRoute = createRoute({
  method: 'post',
  path: '/v1/experiments/{id}/rerun',
  tags,
  summary: 'Submit the same as a new experiment',
  request: { params, headers: KeySchema },
  responses: {
    202: json('The new experiment; Location has its address', ExperimentSchema),
    ...changeRefusals,
    400: problem('The Idempotency-Key is wrong'),
    404: missing,
    409: problem('The Idempotency-Key was used for another experiment'),
    422: problem('Its video is no longer kept, or what it asked is not allowed any more'),
  },
});

export function addExperimentRoutes(app: OpenAPIHono, dependencies: ApiDependencies): void {
  const { store } = dependencies;
  const find = async (id: string): Promise<ExperimentView> => {
    const view = await store.experimentViews.find(id);
    if (view === null) throw noExperiment(id);
    return view;
  };

  app.openapi(submitRoute, async (context) => {
    const key = context.req.valid('header')['idempotency-key'];
    const id = await submitExperiment(dependencies, context.req.valid('json'), key);
    context.header('location', `/v1/experiments/${id}`);
    return context.json(await find(id), 202);
  });

  app.openapi(listRoute, async (context) => {
    const { experiments, next } = await store.experimentViews.page(context.req.valid('query'));
    return context.json({ experiments: [...experiments], next }, 200);
  });

  addVideoUploadRoute(app, dependencies);
  app.openapi(readRoute, async (context) => context.json(await find(context.req.valid('param').id), 200));

  app.openapi(cancelRoute, async (context) => {
    const { id } = context.req.valid('param');
    await cancelExperiment(dependencies, id);
    return context.json(await find(id), 202);
  });

  app.openapi(rerunRoute, async (context) => {
    const key = context.req.valid('header')['idempotency-key'];
    const id = await rerunExperiment(dependencies, context.req.valid('param').id, key);
    context.header('location', `/v1/experiments/${id}`);
    return context.json(await find(id), 202);
  });

  addExperimentEventsRoute(app, dependencies);
  addExperimentFileRoutes(app, store);
}
