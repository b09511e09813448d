/** The routes of the experiments' pages. */
import type { OpenAPIHono } from '@hono/zod-openapi';
import { z } from 'zod';
import { experimentStates } from '../../../../workflows/contract/experiments/experiment.ts';
import type { ApiDependencies } from '../../dependencies.ts';
import { ProblemError } from '../../http/problem.ts';
import { experimentsPage } from './experiments-page.ts';

const experimentsOfPage = 50;

const QuerySchema = z.object({ state: z.enum(experimentStates).optional(), before: z.string().max(200).optional() });

export function addExperimentPages(app: OpenAPIHono, { store, now }: ApiDependencies): void {
  app.get('/experiments', async (context) => {
    const query = QuerySchema.safeParse(context.req.query());
    if (!query.success) {
      throw new ProblemError('invalid-request', `state is one of ${experimentStates.join(', ')}`);
    }
    const { state, before } = query.data;
    const [found, counts] = await Promise.all([
      store.experimentViews.page({ state, before, limit: experimentsOfPage }),
      store.experimentViews.counts(),
    ]);
    return context.html(experimentsPage({ ...found, counts, state: state ?? null, now: now() }));
  });
}
