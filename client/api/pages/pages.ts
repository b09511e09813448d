/** The pages' routes: server-rendered, so that they work without scripts; one small script keeps the job page live. */
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Store } from '../../../store/store.ts';
import type { JobView } from '../../../workflows/contract/jobs/job-view.ts';
import { answerApproval } from '../approvals/approval.ts';
import { AnswerSchema } from '../approvals/approval-routes.ts';
import { cancelJob } from '../jobs/cancel.ts';
import { findRun } from '../computer-use/computer-run.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { ProblemError } from '../http/problem.ts';
import type { HeldAudits } from '../audits/audits.ts';
import { addAuditPages } from './audits/audit-pages.ts';
import { addBatchPages } from './batches/batch-pages.ts';
import { addControlPages } from './computer-use/control-pages.ts';
import { addEmbedRoutes } from './embed/embed-routes.ts';
import { addDeliveryPages } from './deliveries/delivery-pages.ts';
import { addExperimentPages } from './experiments/experiment-pages.ts';
import { addFormRoutes } from './forms/form-routes.ts';
import { addInsightsPage } from './insights/insights-page.ts';
import { homePage } from './home-page.ts';
import { jobFragment, jobPage, type JobPageData } from './jobs/job-page.ts';
import { addLimitsPages } from './limits/limits-pages.ts';
import { addPlatformPage } from './platform-page.ts';
import { referencePage } from './reference-page.ts';
import { addReplayRoutes } from './computer-use/replay-routes.ts';
import { thumbnails, type RunData } from './jobs/run-panel.ts';
import { addToolPages } from './tools/tool-pages.ts';
import { addStaticFiles } from './static-files.ts';

const newestJobs = 50;
const newestEvents = 60;

export function addPages(app: OpenAPIHono, dependencies: ApiDependencies, audits: HeldAudits): void {
  const { store, temporalUi } = dependencies;
  addStaticFiles(app);
  addFormRoutes(app, dependencies);
  addEmbedRoutes(app, dependencies);
  addReplayRoutes(app, dependencies);
  addControlPages(app, dependencies);
  addBatchPages(app, dependencies);
  addPlatformPage(app, dependencies);
  addLimitsPages(app, dependencies);
  addAuditPages(app, audits);
  addDeliveryPages(app, dependencies);
  addToolPages(app, dependencies);
  addExperimentPages(app, dependencies);
  addInsightsPage(app, dependencies);

  app.get('/', async (context) => {
    const [leadMagnets, jobs] = await Promise.all([
      store.leadMagnets.list(),
      store.jobViews.list({ limit: newestJobs }),
    ]);
    return context.html(homePage(leadMagnets, jobs));
  });

  const jobData = async (id: string): Promise<JobPageData> => {
    const job = await store.jobViews.find(id);
    if (job === null) throw new ProblemError('not-found', `there is no job ${id}`);
    const events = await store.events.newest(id, newestEvents);
    const temporalUrl = `${temporalUi.url}/namespaces/${temporalUi.namespace}/workflows/${id}`;
    return { job, events, runs: await runsOf(store, job), temporalUrl };
  };
  app.get('/jobs/:id', async (context) => context.html(jobPage(await jobData(context.req.param('id')))));
  app.get('/jobs/:id/fragment', async (context) => context.html(jobFragment(await jobData(context.req.param('id')))));
  app.post('/jobs/:id/cancel', async (context) => {
    const id = context.req.param('id');
    try {
      await cancelJob(dependencies, id);
    } catch (error) {
      // It ended between the page and the click: the page tells how.
      if (!(error instanceof ProblemError) || !error.is('conflict')) throw error;
    }
    return context.redirect(`/jobs/${id}`, 303);
  });

  app.post('/jobs/:id/approvals/:requestId', async (context) => {
    const { id, requestId } = context.req.param();
    const { decision, note } = readAnswer(await context.req.parseBody());
    try {
      await answerApproval(dependencies, id, { requestId, decision, note, by: 'the job page' });
    } catch (error) {
      // Somebody else was faster, or it was too late: the page tells which.
      if (!(error instanceof ProblemError) || !(error.is('conflict') || error.is('expired'))) throw error;
    }
    return context.redirect(`/jobs/${id}`, 303);
  });

  app.get('/reference', (context) => context.html(referencePage()));
}

/** The answer as the form sends it: by the button that was pressed. */
function readAnswer(form: unknown): { readonly decision: 'approve' | 'refuse'; readonly note: string | null } {
  const parsed = AnswerSchema.safeParse(form);
  if (!parsed.success) throw new ProblemError('invalid-request', 'an answer is approve or refuse, with a short note');
  const note = parsed.data.note?.trim() ?? '';
  return { decision: parsed.data.decision, note: note === '' ? null : note };
}

/** The computer-use steps of a job that have begun, with their newest turns. */
async function runsOf(store: Store, job: JobView): Promise<ReadonlyMap<string, RunData>> {
  const begun = job.steps.filter(({ kind, startedAt }) => kind === 'computer_use' && startedAt !== null);
  const runs = begun.map(async ({ id }): Promise<[string, RunData]> => {
    const found = await findRun(store, job.id, id);
    const [turns, control] = await Promise.all([
      store.computerTurns.newest(found.filter, thumbnails),
      store.controls.find(found.filter),
    ]);
    return [id, { ...found, turns, control }];
  });
  return new Map(await Promise.all(runs));
}
