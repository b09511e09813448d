/** Proposals of new limits over HTTP: what the tuning proposes, and people's answers. */
import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import { LimitsProposalSchema } from '../../../workflows/contract/limits/limits-schema.ts';
import { changeRefusals, json, problem } from '../http/documented-answers.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { answerProposal } from './answer-proposal.ts';
import { AuthorSchema } from './author.ts';

const tags = ['Limits'];
const path = '/v1/limits/proposals';
const ProposalSchema = LimitsProposalSchema.meta({ id: 'LimitsProposal' });

const listRoute = createRoute({
  method: 'get',
  path,
  tags,
  summary: 'What the tuning of limits has proposed, newest first',
  request: {
    query: z.object({
      before: z.coerce.number().int().min(1).optional().describe('`next` of the page before'),
      limit: z.coerce.number().int().min(1).max(200).default(50),
    }),
  },
  responses: {
    200: json('A page', z.object({ proposals: z.array(ProposalSchema), next: z.int().nullable() })),
    400: problem('A filter is not right'),
  },
});

const answerRoute = (verb: 'approve' | 'deny') =>
  createRoute({
    method: 'post',
    path: `${path}/{number}/${verb}`,
    tags,
    summary: verb === 'approve' ? 'Have a proposal tried on 10 % of new jobs' : 'Deny a proposal: nothing changes',
    request: {
      params: z.object({
        number: z.coerce
          .number()
          .int()
          .min(1)
          .openapi({ param: { name: 'number', in: 'path' } }),
      }),
      body: {
        required: true,
        content: {
          'application/json': {
            schema: z.strictObject({
              by: AuthorSchema.default('api').describe('who answers, as the audit log tells it'),
              note: z.string().max(500).optional(),
            }),
          },
        },
      },
    },
    responses: {
      200: json('The proposal', ProposalSchema),
      ...changeRefusals,
      400: problem('The body is not JSON of this form'),
      404: problem('No such proposal'),
      409: problem('It waits for no answer'),
      413: problem('Above 1 MiB'),
      415: problem('The body is not application/json'),
      503: problem('Temporal cannot be reached, or no worker serves it: send it again'),
    },
  });

export function addProposalRoutes(app: OpenAPIHono, dependencies: ApiDependencies): void {
  app.openapi(listRoute, async (context) => {
    const { before = null, limit } = context.req.valid('query');
    const proposals = await dependencies.acrossTenants.limits.proposals({ before, limit });
    const last = proposals.at(-1)?.number ?? 1;
    return context.json({ proposals: [...proposals], next: last > 1 ? last : null }, 200);
  });
  for (const verb of ['approve', 'deny'] as const) {
    app.openapi(answerRoute(verb), async (context) => {
      const { by, note = null } = context.req.valid('json');
      const answer = { decision: verb, by, note };
      return context.json(await answerProposal(dependencies, context.req.valid('param').number, answer), 200);
    });
  }
}
