/** The routes of the pages of batches. Their forms work without JavaScript. */
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { z } from 'zod';
import { batchSwitch } from '../../../../store/platform/switches.ts';
import { BatchLimitChangesSchema } from '../../../../workflows/contract/batches/schema.ts';
import {
  estimateBatch,
  findBatch,
  orderBatch,
  removeBatch,
  retryFailed,
  startBatch,
} from '../../batches/batch-control.ts';
import { withProgress } from '../../batches/batch-progress.ts';
import type { ApiDependencies } from '../../dependencies.ts';
import { resumePlatform } from '../../platform/platform-routes.ts';
import { ProblemError } from '../../http/problem.ts';
import { batchFragment, batchPage, type BatchPageData } from './batch-page.ts';
import { addBatchUploadRoutes } from './batch-upload-routes.ts';
import { batchesPage } from './batches-page.ts';

const newestBatches = 50;
const newestEvents = 40;
const shownAnswers = 3;
const shownFailures = 10;
const withoutAnswer = ['failed', 'timed_out', 'cancelled', 'uncertain'] as const;

export function addBatchPages(app: OpenAPIHono, dependencies: ApiDependencies): void {
  const { store, temporalUi, now } = dependencies;
  app.get('/batches', async (context) => {
    const [batches, stopped] = await Promise.all([
      store.batches.list({ limit: newestBatches }),
      store.switches.find(batchSwitch),
    ]);
    return context.html(batchesPage(batches, stopped));
  });

  const { batchItems } = store;
  const data = async (id: string): Promise<BatchPageData> => {
    const batch = await withProgress(store, await findBatch(store, id), now());
    // Searching for items of a status that none has would scan the whole batch.
    const hasFailed = batch.progress.failures.length > 0;
    return {
      batch,
      events: await store.events.newest(id, newestEvents),
      answered: await batchItems.page(id, { after: null, limit: shownAnswers, statuses: ['succeeded'] }),
      failed: hasFailed
        ? await batchItems.page(id, { after: null, limit: shownFailures, statuses: withoutAnswer })
        : [],
      temporalUrl: `${temporalUi.url}/namespaces/${temporalUi.namespace}/workflows/${id}`,
    };
  };
  app.get('/batches/:id', async (context) => context.html(batchPage(await data(context.req.param('id')))));
  app.get('/batches/:id/fragment', async (context) => context.html(batchFragment(await data(context.req.param('id')))));

  addForms(app, dependencies);
  addBatchUploadRoutes(app, dependencies);

  app.post('/platform/stop', async (context) => {
    const form = z.object({ message: z.string().trim().min(1).max(500) }).safeParse(await context.req.parseBody());
    if (!form.success) throw new ProblemError('invalid-request', 'enter a reason for the stop');
    await store.switches.stop(batchSwitch, form.data.message, now());
    return context.redirect('/batches', 303);
  });
  app.post('/platform/resume', async (context) => {
    await resumePlatform(dependencies);
    return context.redirect('/batches', 303);
  });
}

function addForms(app: OpenAPIHono, dependencies: ApiDependencies): void {
  const form = (verb: string, act: (id: string, context: Context) => Promise<unknown>, target?: string): void => {
    app.post(`/batches/:id/${verb}`, async (context) => {
      const id = context.req.param('id');
      await act(id, context);
      return context.redirect(target ?? `/batches/${id}`, 303);
    });
  };
  form('start', (id) => startBatch(dependencies, id));
  form('estimate', (id) => estimateBatch(dependencies, id));
  form('pause', (id) => orderBatch(dependencies, id, { kind: 'pause', message: 'on the web page' }));
  form('resume', (id) => orderBatch(dependencies, id, { kind: 'resume' }));
  form('cancel', (id) => orderBatch(dependencies, id, { kind: 'cancel' }));
  form('limits', async (id, context) => {
    const changes = LimitsForm.safeParse(await context.req.parseBody());
    if (!changes.success) throw new ProblemError('invalid-request', 'a limit must be a number');
    await orderBatch(dependencies, id, { kind: 'limits', changes: changes.data });
  });
  form('retry-failed', async (id, context) => {
    const uncertain = (await context.req.parseBody())['uncertain'] === 'yes';
    await retryFailed(dependencies, id, { uncertain });
  });
  form('delete', (id) => removeBatch(dependencies, id), '/batches');
}

const numberField = z.coerce.number();
const LimitsForm = z
  .object({
    parallel: numberField,
    capUsd: numberField,
    capPerHourUsd: numberField,
    callsPerHour: numberField,
    retries: numberField,
    callSeconds: numberField,
    itemSeconds: numberField,
    jobSeconds: numberField,
  })
  .partial()
  .pipe(BatchLimitChangesSchema);
