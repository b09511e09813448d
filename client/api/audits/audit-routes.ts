/** Audits over HTTP: who uses a browser, and what time limits put at risk. They are of the whole installation. */
import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import type { LeadMagnetName } from '../../../store/audits/newest-lead-magnets.ts';
import {
  AuditedLeadMagnetSchema,
  ComputerUseAuditSchema,
  TimeoutsAuditSchema,
} from '../../../workflows/contract/audits/audit-schema.ts';
import { json, problem } from '../http/documented-answers.ts';
import { ProblemError } from '../http/problem.ts';
import type { HeldAudits } from './audits.ts';

const tags = ['Audits'];

const computerUseRoute = createRoute({
  method: 'get',
  path: '/v1/audits/computer-use',
  tags,
  summary: 'Which lead magnets of all tenants use a browser, and what that asks of the installation',
  responses: { 200: json('The report', ComputerUseAuditSchema.meta({ id: 'ComputerUseAudit' })) },
});

const leadMagnetsRoute = createRoute({
  method: 'get',
  path: '/v1/audits/computer-use/lead-magnets',
  tags,
  summary: 'The lead magnets with a computer-use step, by tenant and slug',
  request: {
    query: z.object({
      after: z.string().max(1_000).optional().describe('`next` of the previous page'),
      limit: z.coerce.number().int().min(1).max(500).default(100),
    }),
  },
  responses: {
    200: json(
      'The lead magnets; `next` is `after` of the next page, null on the last',
      z.object({
        leadMagnets: z.array(AuditedLeadMagnetSchema.meta({ id: 'AuditedLeadMagnet' })),
        next: z.string().nullable(),
      }),
    ),
    400: problem('The query is wrong'),
  },
});

const timeoutsRoute = createRoute({
  method: 'get',
  path: '/v1/audits/timeouts',
  tags,
  summary: 'What time limits put at risk, by the limits in force and by recorded runs',
  responses: { 200: json('The report', TimeoutsAuditSchema.meta({ id: 'TimeoutsAudit' })) },
});

export function addAuditRoutes(app: OpenAPIHono, audits: HeldAudits): void {
  app.openapi(computerUseRoute, async (context) => context.json(await audits.computerUse(), 200));
  app.openapi(leadMagnetsRoute, async (context) => {
    const { after, limit } = context.req.valid('query');
    const { leadMagnets, next } = await audits.leadMagnets({ after: readCursor(after), limit });
    return context.json({ leadMagnets: [...leadMagnets], next: next === null ? null : cursorOf(next) }, 200);
  });
  app.openapi(timeoutsRoute, async (context) => context.json(await audits.timeouts(), 200));
}

export function cursorOf({ tenant, slug }: LeadMagnetName): string {
  return `${tenant}/${slug}`;
}

/** A slug has no slash; a tenant may. */
export function readCursor(text: string | undefined): LeadMagnetName | undefined {
  if (text === undefined) return undefined;
  const slash = text.lastIndexOf('/');
  if (slash < 1) throw new ProblemError('invalid-request', 'after: take `next` of the previous page as it is');
  return { tenant: text.slice(0, slash), slug: text.slice(slash + 1) };
}
