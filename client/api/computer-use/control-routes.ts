/** The control of a run's browser over HTTP: take it over, act in it, hand it back. */
import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import { ControlSchema, PersonActionSchema, type Control } from '../../../workflows/contract/computer-use/control.ts';
import { changeRefusals, json, problem } from '../http/documented-answers.ts';
import { actAsPerson, handBack, readControl, takeOver, type Controlled } from './control.ts';
import type { ApiDependencies } from '../dependencies.ts';

const params = z.object({
  id: z.string().openapi({ param: { name: 'id', in: 'path' } }),
  stepId: z.string().openapi({ param: { name: 'stepId', in: 'path' } }),
});
const path = '/v1/jobs/{id}/steps/{stepId}/control';
const tags = ['Taking over'];
const Answer = z.object({ control: ControlSchema.meta({ id: 'Control' }).nullable() });
const missing = problem('No such job, or no such computer-use step in it');
const bodyRefusals = {
  ...changeRefusals,
  400: problem('The body is not JSON of this form'),
  413: problem('Above 1 MiB'),
  415: problem('The body is not application/json'),
};

const readRoute = createRoute({
  method: 'get',
  path,
  tags,
  summary: 'Who controls the browser, the newest screenshot, and what the person did',
  request: {
    params,
    query: z.object({
      watching: z.string().optional().describe('present: on behalf of the person, who is still there'),
    }),
  },
  responses: { 200: json('The newest control; null when nobody took over', Answer), 404: missing },
});

export const ControlChangeSchema = z.discriminatedUnion('to', [
  z.strictObject({ to: z.literal('take_over'), by: z.string().min(1).max(100).default('api') }),
  z.strictObject({
    to: z.literal('hand_back'),
    note: z.string().max(1000).optional().describe('for the model, e.g. what it is to do next'),
  }),
]);

const changeRoute = createRoute({
  method: 'post',
  path,
  tags,
  summary: 'Take the browser over, or hand it back',
  description:
    'The model gives way between its turns: after the answer that is under way, before its actions. Its time and budget stand still meanwhile. A person who is not heard of for two minutes has handed back.',
  request: { params, body: { required: true, content: { 'application/json': { schema: ControlChangeSchema } } } },
  responses: {
    202: json('Asked for, or handed back', Answer),
    ...bodyRefusals,
    404: missing,
    409: problem('The run is over, or somebody else has its browser, or nobody has'),
  },
});

const actRoute = createRoute({
  method: 'post',
  path: `${path}/actions`,
  tags,
  summary: 'Do something in the browser that was taken over',
  description: 'Done in order. Typed text is forgotten as soon as it is typed.',
  request: { params, body: { required: true, content: { 'application/json': { schema: PersonActionSchema } } } },
  responses: {
    202: json('It waits its turn; the control tells what became of it', Answer),
    ...bodyRefusals,
    404: missing,
    409: problem('No person holds the browser'),
  },
});

export function addControlRoutes(app: OpenAPIHono, { store, now }: ApiDependencies): void {
  const at = ({ id, stepId }: z.infer<typeof params>): Controlled => ({ store, jobId: id, stepId, now: now() });
  const answer = async (controlled: Controlled): Promise<{ control: Control | null }> => ({
    control: await readControl(controlled, false),
  });

  app.openapi(readRoute, async (context) => {
    const watching = context.req.valid('query').watching !== undefined;
    return context.json({ control: await readControl(at(context.req.valid('param')), watching) }, 200);
  });
  app.openapi(changeRoute, async (context) => {
    const controlled = at(context.req.valid('param'));
    const change = context.req.valid('json');
    await (change.to === 'take_over' ? takeOver(controlled, change.by) : handBack(controlled, change.note ?? null));
    return context.json(await answer(controlled), 202);
  });
  app.openapi(actRoute, async (context) => {
    const controlled = at(context.req.valid('param'));
    await actAsPerson(controlled, context.req.valid('json'));
    return context.json(await answer(controlled), 202);
  });
}
