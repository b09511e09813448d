/** The routes of the deliveries' page. Its forms work without a script. */
import type { OpenAPIHono } from '@hono/zod-openapi';
import { z } from 'zod';
import { DeliveryQuerySchema, listDeliveries } from '../../deliveries/delivery-routes.ts';
import type { ApiDependencies } from '../../dependencies.ts';
import { ProblemError } from '../../http/problem.ts';
import { redeliver } from '../../deliveries/redelivery.ts';
import { deliveriesPage } from './deliveries-page.ts';

const FormSchema = z.object({
  number: z.coerce.number().int().min(1),
  /** The filters of the list that contains the button; the job's page has none. */
  filters: z.string().max(2000).optional(),
});

export function addDeliveryPages(app: OpenAPIHono, dependencies: ApiDependencies): void {
  app.get('/deliveries', async (context) => {
    // A filter that is left empty in the form does not filter.
    const given = Object.fromEntries(Object.entries(context.req.query()).filter(([, value]) => value !== ''));
    const query = DeliveryQuerySchema.safeParse(given);
    if (!query.success) throw new ProblemError('invalid-request', 'a filter is not right: see the address');
    const { state = '', kind = '', slug = '', job = '', to = '', since = '' } = query.data;
    const found = await listDeliveries(dependencies.store, query.data);
    return context.html(deliveriesPage(found, { state, kind, slug, job, to, since }));
  });

  app.post('/jobs/:id/deliveries/:deliveryId/redeliver', async (context) => {
    const { id: jobId, deliveryId } = context.req.param();
    const form = FormSchema.safeParse(await context.req.parseBody());
    if (!form.success) throw new ProblemError('invalid-request', 'which time it is sent again is a number');
    const { number, filters } = form.data;
    try {
      await redeliver(dependencies, { jobId, deliveryId, number, by: 'somebody on the page' });
    } catch (error) {
      // Somebody else was faster: the page shows the current state.
      if (!(error instanceof ProblemError) || !error.is('conflict')) throw error;
    }
    const back = filters === undefined ? `/jobs/${jobId}` : `/deliveries?${new URLSearchParams(filters).toString()}`;
    return context.redirect(back, 303);
  });
}
