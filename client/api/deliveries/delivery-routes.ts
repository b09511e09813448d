/** Deliveries over HTTP: the list, and sending one again. */
import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import { WrongCursor, type DeliveryPage } from '../../../store/deliveries/delivery-views.ts';
import type { Store } from '../../../store/store.ts';
import { DeliveryLineSchema } from '../../../workflows/contract/jobs/job-view.ts';
import { deliveryStates } from '../../../workflows/contract/jobs/states.ts';
import { changeRefusals, json, problem } from '../http/documented-answers.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { ProblemError } from '../http/problem.ts';
import { redeliver } from './redelivery.ts';

const tags = ['Deliveries'];
const DeliverySchema = DeliveryLineSchema.meta({ id: 'Delivery' });

/** The filters of the list, also of the page. */
export const DeliveryQuerySchema = z.object({
  state: z.enum(deliveryStates).optional(),
  kind: z.enum(['email', 'webhook']).optional(),
  job: z.string().max(200).optional(),
  slug: z.string().max(100).optional().describe('of one lead magnet'),
  to: z.string().max(300).optional().describe("a part of the receiver's address"),
  since: z.union([z.iso.datetime(), z.iso.date()]).optional().describe('changed at or after this time or day, UTC'),
  before: z.string().max(500).optional().describe('`next` of the page before'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

const listRoute = createRoute({
  method: 'get',
  path: '/v1/deliveries',
  tags,
  summary: 'Deliveries, those of the newest job first',
  request: { query: DeliveryQuerySchema },
  responses: {
    200: json('A page of deliveries', z.object({ deliveries: z.array(DeliverySchema), next: z.string().nullable() })),
    400: problem('A filter is not right'),
  },
});

const redeliverRoute = createRoute({
  method: 'post',
  path: '/v1/jobs/{id}/deliveries/{deliveryId}/redeliver',
  tags,
  summary: 'Send a delivery again',
  description:
    'One that has ended is sent again with what it was sent with, under a key of its own: a receiver that had it takes it twice. The same number sent again is the same wish.',
  request: {
    params: z.object({
      id: z.string().openapi({ param: { name: 'id', in: 'path' } }),
      deliveryId: z.string().openapi({ param: { name: 'deliveryId', in: 'path' } }),
    }),
    body: {
      required: true,
      content: {
        'application/json': {
          schema: z.strictObject({
            number: z.int().min(1).optional().describe('one more than its `redeliveries`; the next when left out'),
            by: z.string().min(1).max(100).optional().describe('who wants it, as the job tells it; api when left out'),
          }),
        },
      },
    },
  },
  responses: {
    202: json('Asked; it is sent in order', DeliverySchema),
    ...changeRefusals,
    400: problem('The body is not JSON of this form'),
    404: problem('No such job or delivery'),
    409: problem('It is under way, there was nothing to deliver, or the number is not the next'),
    410: problem('What it was sent with was removed: the days that files are kept are over'),
    413: problem('Above 1 MiB'),
    415: problem('The body is not application/json'),
    503: problem('Temporal cannot be reached; the wish is kept'),
  },
});

export function addDeliveryRoutes(app: OpenAPIHono, dependencies: ApiDependencies): void {
  app.openapi(listRoute, async (context) => {
    const { deliveries, next } = await listDeliveries(dependencies.store, context.req.valid('query'));
    return context.json({ deliveries: [...deliveries], next }, 200);
  });
  app.openapi(redeliverRoute, async (context) => {
    const { id: jobId, deliveryId } = context.req.valid('param');
    const { number = null, by = 'api' } = context.req.valid('json');
    return context.json(await redeliver(dependencies, { jobId, deliveryId, number, by }), 202);
  });
}

export async function listDeliveries(store: Store, query: z.infer<typeof DeliveryQuerySchema>): Promise<DeliveryPage> {
  try {
    return await store.deliveryViews.list({ ...query });
  } catch (error) {
    if (error instanceof WrongCursor) throw new ProblemError('invalid-request', `before: ${error.message}`);
    throw error;
  }
}
