/** Versions of limits over HTTP: their history, who changed what, a new one, and back to an earlier one. */
import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import type { ChangeTaken } from '../../../store/limits/limits-changes.ts';
import {
  LimitsAuditEntrySchema,
  LimitsChangeSchema,
  LimitsRolloutSchema,
  LimitsVersionSchema,
  type LimitsVersion,
} from '../../../workflows/contract/limits/limits-schema.ts';
import { changeRefusals, json, problem } from '../http/documented-answers.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { ProblemError } from '../http/problem.ts';
import { AuthorSchema } from './author.ts';

const tags = ['Limits'];
const path = '/v1/limits';
const RolloutSchema = LimitsRolloutSchema.meta({ id: 'LimitsRollout' });
const VersionSchema = LimitsVersionSchema.meta({ id: 'LimitsVersion' });
const AuditEntrySchema = LimitsAuditEntrySchema.meta({ id: 'LimitsAuditEntry' });

const PageQuerySchema = z.object({
  before: z.coerce.number().int().min(1).optional().describe('`next` of the page before'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
const next = z.int().nullable().describe('`before` of the next page; null at the end');

const why = z.string().trim().min(1).max(500);
const by = AuthorSchema.default('api').describe('who wants it, as the audit log tells it');
const bodyProblems = {
  ...changeRefusals,
  400: problem('The body is not JSON of this form'),
  413: problem('Above 1 MiB'),
  415: problem('The body is not application/json'),
};

const historyRoute = createRoute({
  method: 'get',
  path: `${path}/versions`,
  tags,
  summary: 'Versions of the table of limits, newest first, and which of them new jobs get',
  request: { query: PageQuerySchema },
  responses: {
    200: json('A page', z.object({ rollout: RolloutSchema, versions: z.array(VersionSchema), next })),
    400: problem('A filter is not right'),
  },
});

const versionRoute = createRoute({
  method: 'get',
  path: `${path}/versions/{number}`,
  tags,
  summary: 'One version of the table of limits',
  request: {
    params: z.object({
      number: z.coerce
        .number()
        .int()
        .min(1)
        .openapi({ param: { name: 'number', in: 'path' } }),
    }),
  },
  responses: {
    200: json('The version', VersionSchema),
    400: problem('Not a number'),
    404: problem('No such version'),
  },
});

const auditRoute = createRoute({
  method: 'get',
  path: `${path}/audit`,
  tags,
  summary: 'Who changed limits, when and why, newest first',
  request: { query: PageQuerySchema },
  responses: {
    200: json('A page of the log', z.object({ entries: z.array(AuditEntrySchema), next })),
    400: problem('A filter is not right'),
  },
});

const setRoute = createRoute({
  method: 'post',
  path: `${path}/versions`,
  tags,
  summary: 'Make a new version of the table of limits, for all jobs from now on',
  description: 'It changes the version in force. Jobs that were accepted before keep theirs until they end.',
  request: {
    body: {
      required: true,
      content: {
        'application/json': {
          schema: z.strictObject({
            change: LimitsChangeSchema,
            why,
            by,
            parent: z.int().min(0).optional().describe('the version that you changed; another in force is a conflict'),
          }),
        },
      },
    },
  },
  responses: {
    201: json('The new version', VersionSchema),
    ...bodyProblems,
    409: problem('Another version is in force, or one is being tried'),
    422: problem('Outside of the bounds, contradictory, or no change'),
  },
});

const rollbackRoute = createRoute({
  method: 'post',
  path: `${path}/rollback`,
  tags,
  summary: 'Give new jobs the version before, or an earlier one',
  description:
    'While a version is being tried, that ends, and the version in force stays. Jobs that have a version keep it.',
  request: {
    body: {
      required: true,
      content: {
        'application/json': {
          schema: z.strictObject({
            to: z
              .int()
              .min(0)
              .optional()
              .describe('the version; 0 is the built-in table, the one before when left out'),
            revision: z.int().min(0).describe('of the roll-out that you have seen; another one is a conflict'),
            why,
            by,
          }),
        },
      },
    },
  },
  responses: {
    200: json('What new jobs get now', RolloutSchema),
    ...bodyProblems,
    404: problem('No such version'),
    409: problem('The roll-out has another revision, that version is being tried, or new jobs have it already'),
    422: problem('That version is outside of the bounds of this release'),
  },
});

export function addLimitsRoutes(app: OpenAPIHono, { acrossTenants: { limits }, now }: ApiDependencies): void {
  app.openapi(historyRoute, async (context) => {
    const { before = null, limit } = context.req.valid('query');
    const [rollout, versions] = await Promise.all([limits.rollout(), limits.versions({ before, limit })]);
    const last = versions.at(-1)?.number ?? 1;
    return context.json({ rollout, versions: [...versions], next: last > 1 ? last : null }, 200);
  });
  app.openapi(versionRoute, async (context) =>
    context.json(await versionOf(limits, context.req.valid('param').number), 200),
  );
  app.openapi(auditRoute, async (context) => {
    const { before = null, limit } = context.req.valid('query');
    const entries = await limits.audit({ before, limit });
    return context.json(
      { entries: [...entries], next: entries.length < limit ? null : (entries.at(-1)?.sequence ?? null) },
      200,
    );
  });
  app.openapi(setRoute, async (context) => {
    const { change, why: reason, by: who, parent = null } = context.req.valid('json');
    const taken = await limits.set({ change, why: reason, who, parent, now: now() });
    return context.json(await versionOf(limits, versionIn(taken)), 201);
  });
  app.openapi(rollbackRoute, async (context) => {
    const { to = null, revision, why: reason, by: who } = context.req.valid('json');
    const taken = await limits.rollBack({ to, revision, why: reason, who, now: now() });
    if (taken.as === 'same') throw new ProblemError('conflict', 'new jobs have that version already');
    versionIn(taken);
    return context.json(await limits.rollout(), 200);
  });
}

type Limits = ApiDependencies['acrossTenants']['limits'];

async function versionOf(limits: Limits, number: number): Promise<LimitsVersion> {
  const version = await limits.version(number);
  if (version === null) throw new ProblemError('not-found', `there is no version ${number} of limits`);
  return version;
}

/** Throws `ProblemError` for a change that was not made. */
export function versionIn(taken: ChangeTaken): number {
  switch (taken.as) {
    case 'taken':
      return taken.version;
    case 'stale':
      throw new ProblemError('conflict', `version ${taken.stable} of limits is in force now: look at it first`);
    case 'changed':
      throw new ProblemError(
        'conflict',
        `the limits were changed meanwhile, to revision ${taken.revision} of the roll-out: look at them first`,
      );
    case 'canary':
      throw new ProblemError(
        'conflict',
        `version ${taken.candidate} is being tried: wait for its end, or roll it back`,
      );
    case 'missing':
      throw new ProblemError('not-found', 'there is no such version of limits');
    case 'same':
      throw new ProblemError('invalid-limits', 'that changes no limit');
    case 'problems':
      throw new ProblemError('invalid-limits', taken.problems.join('; '), {
        problems: taken.problems.map((message) => ({ path: 'change', message })),
      });
  }
}
