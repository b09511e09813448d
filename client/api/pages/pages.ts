/** The pages' routes: server-rendered, so that they work without scripts; one small script keeps the job page live. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { serveStatic } from '@hono/node-server/serve-static';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { html } from 'hono/html';
import type { LeadMagnet } from '../../../workflows/contract/lead-magnet.ts';
import { tenant, type ApiDependencies } from '../dependencies.ts';
import { cancel } from '../job-routes.ts';
import { ProblemError } from '../problem.ts';
import { submit } from '../submit.ts';
import { visitorAddress } from '../visitor.ts';
import { formPage, thankYouPage } from './form-page.ts';
import { homePage } from './home-page.ts';
import { jobFragment, jobPage, type JobPageData } from './job-page.ts';
import { page } from './layout.ts';

const newestJobs = 50;
const newestEvents = 60;

export function addPages(app: OpenAPIHono, dependencies: ApiDependencies): void {
  const { store, temporalUi } = dependencies;

  app.use('/assets/*', serveStatic({ root: join(import.meta.dirname, '..') }));

  app.get('/', async (context) => {
    const [leadMagnets, jobs] = await Promise.all([
      store.leadMagnets.list(tenant),
      store.jobViews.list({ tenant, limit: newestJobs }),
    ]);
    return context.html(homePage(leadMagnets, jobs));
  });

  app.get('/f/:slug', async (context) => {
    const definition = await findForm(dependencies, context.req.param('slug'));
    return context.html(formPage(definition, { values: {}, problems: [], idempotencyKey: randomUUID() }));
  });

  app.post('/f/:slug', async (context) => {
    const definition = await findForm(dependencies, context.req.param('slug'));
    const { _key: key, ...values } = await context.req.parseBody();
    const idempotencyKey = typeof key === 'string' && key !== '' ? key : randomUUID();
    return takeIn(context, dependencies, definition, values, idempotencyKey);
  });

  const jobData = async (id: string): Promise<JobPageData> => {
    const job = await store.jobViews.find(id);
    if (job === null) throw new ProblemError('not-found', `there is no job ${id}`);
    const events = await store.events.newest(id, newestEvents);
    const temporalUrl = `${temporalUi.url}/namespaces/${temporalUi.namespace}/workflows/${id}`;
    return { job, events, temporalUrl };
  };
  app.get('/jobs/:id', async (context) => context.html(jobPage(await jobData(context.req.param('id')))));
  app.get('/jobs/:id/fragment', async (context) => context.html(jobFragment(await jobData(context.req.param('id')))));
  app.post('/jobs/:id/cancel', async (context) => {
    await cancel(dependencies, context.req.param('id'));
    return context.redirect(`/jobs/${context.req.param('id')}`, 303);
  });

  app.get('/reference', (context) =>
    context.html(
      page(
        'Lodestone: API',
        html`<link rel="stylesheet" href="/reference/assets/swagger-ui.css" />
          <div id="reference" class="reference"></div>
          <script src="/reference/assets/swagger-ui-bundle.js"></script>
          <script src="/assets/reference.js"></script>`,
      ),
    ),
  );
}

async function findForm({ store }: ApiDependencies, slug: string): Promise<LeadMagnet> {
  const saved = await store.leadMagnets.find(tenant, slug);
  if (saved === null) throw new ProblemError('not-found', `there is no form ${slug}`);
  return saved.definition;
}

async function takeIn(
  context: Context,
  dependencies: ApiDependencies,
  definition: LeadMagnet,
  values: Readonly<Record<string, unknown>>,
  idempotencyKey: string,
): Promise<Response> {
  try {
    const address = visitorAddress(context);
    const jobId = await submit(dependencies, { tenant, slug: definition.slug, values, idempotencyKey, address });
    const { redirectUrl } = definition.form;
    if (redirectUrl !== undefined) return context.redirect(redirectUrl, 303);
    return context.html(thankYouPage(definition, jobId));
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    // The submission is kept and starts by itself: for a visitor that is a success.
    if (error.problem.type === '/problems/temporal-unreachable' && error.problem.jobId !== undefined) {
      return context.html(thankYouPage(definition, error.problem.jobId));
    }
    const problems = error.problem.problems ?? [];
    const state = { values, problems, idempotencyKey, ...(problems.length === 0 ? { notice: error.message } : {}) };
    return new Response(String(await formPage(definition, state)), {
      status: error.problem.status,
      headers: { 'content-type': 'text/html; charset=utf-8' },
    });
  }
}
