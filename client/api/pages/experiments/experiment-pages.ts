/** The routes of the experiments' pages: the list, one experiment with its live part, and the forms of its buttons. */
import { randomUUID } from 'node:crypto';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { z } from 'zod';
import { experimentStates, experimentWorkflowId } from '../../../../workflows/contract/experiments/experiment.ts';
import type { ExperimentView, RoundView } from '../../../../workflows/contract/experiments/view.ts';
import type { ApiDependencies } from '../../dependencies.ts';
import { cancelExperiment } from '../../experiments/cancel-experiment.ts';
import { noExperiment, rerunExperiment } from '../../experiments/submit-experiment.ts';
import { ProblemError } from '../../http/problem.ts';
import { experimentFragment, experimentPage, type ExperimentPageData } from './experiment-page.ts';
import { experimentsPage } from './experiments-page.ts';
import { readRound } from './round/round-content.ts';
import { formLike, submitForm } from './submit/new-experiment.ts';
import { emptyForm, newExperimentPage } from './submit/new-experiment-form.ts';

const experimentsOfPage = 50;

const QuerySchema = z.object({ state: z.enum(experimentStates).optional(), before: z.string().max(200).optional() });
const RoundQuerySchema = z.coerce.number().int().min(1).optional();
const RerunSchema = z.object({ _key: z.string().min(1).max(100).optional().catch(undefined) });
const LikeQuerySchema = z.object({ like: z.string().max(200).optional(), round: RoundQuerySchema });

export function addExperimentPages(app: OpenAPIHono, dependencies: ApiDependencies): void {
  const { store, now, temporalUi } = dependencies;
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
    return context.html(experimentsPage({ ...found, counts, state: state ?? null, now: now(), formKey: randomUUID() }));
  });

  app.post('/experiments', async (context) => {
    const submitted = await submitForm(dependencies, await context.req.parseBody());
    if ('again' in submitted) return context.html(newExperimentPage(submitted.again), 422);
    return context.redirect(`/experiments/${encodeURIComponent(submitted.id)}`, 303);
  });
  app.get('/experiments/new', async (context) => {
    const query = LikeQuerySchema.safeParse(context.req.query());
    if (!query.success) throw new ProblemError('invalid-request', 'like is an experiment, and round a number');
    const { like, round = null } = query.data;
    const form = like === undefined ? emptyForm(randomUUID()) : await formLike(dependencies, like, round);
    return context.html(newExperimentPage(form));
  });

  const data = async (context: Context): Promise<ExperimentPageData> => {
    const id = z.string().parse(context.req.param('id'));
    const view = await store.experimentViews.find(id);
    if (view === null) throw noExperiment(id);
    const chosen = chosenRound(view, context.req.query('round'));
    const round = chosen ?? usualRound(view);
    const workflowId = encodeURIComponent(experimentWorkflowId(view.tenant, id));
    return {
      view,
      shown: round === undefined ? null : { round, content: await readRound(store, round) },
      chosen: chosen?.number ?? null,
      temporalUrl: `${temporalUi.url}/namespaces/${temporalUi.namespace}/workflows/${workflowId}`,
      now: now(),
      rerunKey: randomUUID(),
    };
  };
  app.get('/experiments/:id', async (context) => context.html(experimentPage(await data(context))));
  app.get('/experiments/:id/fragment', async (context) => context.html(experimentFragment(await data(context))));

  app.post('/experiments/:id/cancel', async (context) => {
    const id = context.req.param('id');
    await cancelExperiment(dependencies, id);
    return context.redirect(`/experiments/${encodeURIComponent(id)}`, 303);
  });
  app.post('/experiments/:id/rerun', async (context) => {
    const { _key: key } = RerunSchema.parse(await context.req.parseBody());
    const id = await rerunExperiment(dependencies, context.req.param('id'), key);
    return context.redirect(`/experiments/${encodeURIComponent(id)}`, 303);
  });
}

/** The round that the address names; undefined when it names none. */
function chosenRound({ id, roundsMade }: ExperimentView, query: string | undefined): RoundView | undefined {
  if (query === undefined) return undefined;
  const number = RoundQuerySchema.safeParse(query);
  const round = roundsMade.find((made) => made.number === number.data);
  if (round === undefined) throw new ProblemError('not-found', `experiment ${id} has no round of that number so far`);
  return round;
}

/** The best round, and while there is none the newest. */
function usualRound({ roundsMade }: ExperimentView): RoundView | undefined {
  return roundsMade.find(({ isBest }) => isBest) ?? roundsMade.at(-1);
}
