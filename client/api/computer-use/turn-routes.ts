/** The turns of a computer-use step over HTTP: what the model saw, said and did, for watching a run or reviewing it. */
import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import type { Store } from '../../../store/store.ts';
import { ComputerRunSchema, ComputerTurnSchema } from '../../../workflows/contract/computer-use/computer-turn.ts';
import { json, problem } from '../http/documented-answers.ts';
import { findRun } from './computer-run.ts';

const turnsRoute = createRoute({
  method: 'get',
  path: '/v1/jobs/{id}/steps/{stepId}/turns',
  tags: ['Jobs'],
  summary: 'The turns of a computer-use step: screen, words, actions, cost',
  description:
    'Turns that changed after the cursor, oldest change first. A turn changes while it is under way (looked, answered, each action), so a reader who goes on from the cursor gets it again, and replaces it by its iteration. Events of the step (see the events of the job) tell when there is something new.',
  request: {
    params: z.object({
      id: z.string().openapi({ param: { name: 'id', in: 'path' } }),
      stepId: z.string().openapi({ param: { name: 'stepId', in: 'path' } }),
    }),
    query: z.object({
      cursor: z.coerce.number().int().min(0).default(0).describe('as the page before gave it'),
      limit: z.coerce.number().int().min(1).max(200).default(100),
    }),
  },
  responses: {
    200: json(
      'The turns; none when there is nothing new',
      z.object({
        run: ComputerRunSchema.meta({ id: 'ComputerRun' }),
        turns: z.array(ComputerTurnSchema.meta({ id: 'ComputerTurn' })),
        cursor: z.int(),
      }),
    ),
    400: problem('The cursor or the limit is not right'),
    404: problem('No such job, or no such computer-use step in it'),
  },
});

export function addTurnRoutes(app: OpenAPIHono, store: Store): void {
  app.openapi(turnsRoute, async (context) => {
    const { id, stepId } = context.req.valid('param');
    const { cursor, limit } = context.req.valid('query');
    const { run, filter } = await findRun(store, id, stepId);
    const turns = [...(await store.computerTurns.after(filter, cursor, limit))];
    return context.json({ run, turns, cursor: turns.at(-1)?.sequence ?? cursor }, 200);
  });
}
