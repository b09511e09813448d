/** Jobs over HTTP: status, list, events, artifacts, cancel. */
import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import { JobLineSchema, type JobView } from '../../../workflows/contract/jobs/job-view.ts';
import { isUnderWay, jobStates } from '../../../workflows/contract/jobs/states.ts';
import { changeRefusals, json, problem } from '../http/documented-answers.ts';
import { EventSchema, JobSchema } from './documented-views.ts';
import { addArtifactRoute } from './artifact-route.ts';
import { cancelJob } from './cancel.ts';
import { addControlRoutes } from '../computer-use/control-routes.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { streamEvents } from '../http/event-stream.ts';
import { ProblemError } from '../http/problem.ts';
import { addTurnRoutes } from '../computer-use/turn-routes.ts';

const idParameter = z.object({ id: z.string().openapi({ param: { name: 'id', in: 'path' } }) });

const listRoute = createRoute({
  method: 'get',
  path: '/v1/jobs',
  tags: ['Jobs'],
  summary: 'Jobs, newest first',
  request: {
    query: z.object({
      slug: z.string().optional(),
      state: z.enum(jobStates).optional(),
      before: z.iso.datetime().optional().describe('the submittedAt of the last job of the page before'),
      limit: z.coerce.number().int().min(1).max(200).default(50),
    }),
  },
  responses: {
    200: {
      description: 'The jobs',
      content: { 'application/json': { schema: z.object({ jobs: z.array(JobLineSchema) }) } },
    },
    400: problem('A filter is not right'),
  },
});

const readRoute = createRoute({
  method: 'get',
  path: '/v1/jobs/{id}',
  tags: ['Jobs'],
  summary: 'A job: state, steps, deliveries, artifacts, cost',
  request: { params: idParameter },
  responses: {
    200: json('The job', JobSchema),
    404: problem('No such job'),
  },
});

const eventsRoute = createRoute({
  method: 'get',
  path: '/v1/jobs/{id}/events',
  tags: ['Jobs'],
  summary: 'Events in order: JSON, or a stream of server-sent events',
  request: {
    params: idParameter,
    query: z.object({ cursor: z.coerce.number().int().min(0).default(0) }),
    headers: z.object({ 'last-event-id': z.coerce.number().int().min(0).optional() }),
  },
  responses: {
    200: {
      description: 'Events after the cursor; the stream goes on until the job has ended',
      content: {
        'application/json': { schema: z.object({ events: z.array(EventSchema), cursor: z.int() }) },
        'text/event-stream': { schema: z.string() },
      },
    },
    400: problem('The cursor is not right'),
    404: problem('No such job'),
  },
});

const cancelRoute = createRoute({
  method: 'post',
  path: '/v1/jobs/{id}/cancel',
  tags: ['Jobs'],
  summary: 'Ask a job to stop',
  request: { params: idParameter },
  responses: {
    202: json('Asked; the job stops in order', JobSchema),
    ...changeRefusals,
    404: problem('No such job'),
    409: problem('The job has ended'),
    503: problem('Temporal cannot be reached'),
  },
});

const pageOfEvents = 500;

export function addJobRoutes(app: OpenAPIHono, dependencies: ApiDependencies): void {
  const { store } = dependencies;
  const find = async (id: string): Promise<JobView> => {
    const job = await store.jobViews.find(id);
    if (job === null) throw new ProblemError('not-found', `there is no job ${id}`);
    return job;
  };

  app.openapi(listRoute, async (context) => {
    return context.json({ jobs: [...(await store.jobViews.list({ ...context.req.valid('query') }))] }, 200);
  });

  app.openapi(readRoute, async (context) => context.json(await find(context.req.valid('param').id), 200));

  app.openapi(eventsRoute, async (context) => {
    const { id } = await find(context.req.valid('param').id);
    const cursor = context.req.valid('header')['last-event-id'] ?? context.req.valid('query').cursor;
    const wantsStream = context.req.header('accept')?.includes('text/event-stream') === true;
    if (wantsStream && context.req.method === 'GET') {
      const endedAt = async () => endOf(await store.jobViews.find(id));
      return streamEvents(context, store, { id, endEvent: 'job.ended', endedAt }, cursor);
    }
    const events = [...(await store.events.after(id, cursor, pageOfEvents))];
    return context.json({ events, cursor: events.at(-1)?.sequence ?? cursor }, 200);
  });

  app.openapi(cancelRoute, async (context) => {
    const { id } = context.req.valid('param');
    await cancelJob(dependencies, id);
    return context.json(await find(id), 202);
  });

  addArtifactRoute(app, store);
  addTurnRoutes(app, store);
  addControlRoutes(app, dependencies);
}

/** When all of a job was over; null while something of it goes on, also a delivery that a person had sent again. */
function endOf(job: JobView | null): string | null | undefined {
  return job?.deliveries.some(({ state }) => isUnderWay(state)) === true ? null : job?.endedAt;
}
