/** Approvals over HTTP: what waits for a person, and a person's answer. */
import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import { ApprovalViewSchema } from '../../../workflows/contract/jobs/job-view.ts';
import { answerApproval } from './approval.ts';
import { changeRefusals, json, problem } from '../http/documented-answers.ts';
import type { ApiDependencies } from '../dependencies.ts';

const ApprovalSchema = ApprovalViewSchema.meta({ id: 'Approval' });

export const AnswerSchema = z.strictObject({
  decision: z.enum(['approve', 'refuse']),
  note: z.string().max(1000).optional().describe('on a refusal the model is told it'),
  by: z.string().min(1).max(100).optional().describe('who decides, as the job tells it; api when left out'),
});

const listRoute = createRoute({
  method: 'get',
  path: '/v1/approvals',
  tags: ['Approvals'],
  summary: 'What waits for a person, oldest first',
  request: { query: z.object({ limit: z.coerce.number().int().min(1).max(200).default(50) }) },
  responses: {
    200: json('The open questions', z.object({ approvals: z.array(ApprovalViewSchema.extend({ jobId: z.string() })) })),
    400: problem('The limit is not right'),
  },
});

const answerRoute = createRoute({
  method: 'post',
  path: '/v1/jobs/{id}/approvals/{requestId}',
  tags: ['Approvals'],
  summary: 'Approve or refuse what a job asks',
  description:
    'The answer holds for the page and the picture that were shown; the job asks anew when they have changed. Sending the same answer again after a 503 is safe.',
  request: {
    params: z.object({
      id: z.string().openapi({ param: { name: 'id', in: 'path' } }),
      requestId: z.string().openapi({ param: { name: 'requestId', in: 'path' } }),
    }),
    body: { required: true, content: { 'application/json': { schema: AnswerSchema } } },
  },
  responses: {
    200: json('Taken; the job goes on', ApprovalSchema),
    ...changeRefusals,
    400: problem('The body is not JSON of this form'),
    404: problem('No such job, or it asks nothing of this name'),
    409: problem('It was answered before, or its step has ended'),
    410: problem('Nobody answered in time'),
    413: problem('Above 1 MiB'),
    415: problem('The body is not application/json'),
    503: problem('Temporal cannot be reached, or no worker serves the job'),
  },
});

export function addApprovalRoutes(app: OpenAPIHono, dependencies: ApiDependencies): void {
  app.openapi(listRoute, async (context) => {
    const open = await dependencies.store.approvals.open(context.req.valid('query').limit);
    return context.json({ approvals: open.map(({ jobId, approval }) => ({ ...approval, jobId })) }, 200);
  });

  app.openapi(answerRoute, async (context) => {
    const { id, requestId } = context.req.valid('param');
    const { decision, note = null, by = 'api' } = context.req.valid('json');
    return context.json(await answerApproval(dependencies, id, { requestId, decision, note, by }), 200);
  });
}
