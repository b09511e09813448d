/** The routes of the page of limits. Its forms work without a script. */
import type { OpenAPIHono } from '@hono/zod-openapi';
import { z } from 'zod';
import { judgeCanary } from '../../../../workflows/contract/limits/canary/guard.ts';
import type { ApiDependencies } from '../../dependencies.ts';
import { ProblemError } from '../../http/problem.ts';
import { answerProposal } from '../../limits/answer-proposal.ts';
import { pageName } from '../../limits/author.ts';
import { versionIn } from '../../limits/limits-routes.ts';
import { limitsPage } from './limits-page.ts';

const FormSchema = z.object({ decision: z.enum(['approve', 'deny']), note: z.string().trim().max(500).default('') });
const RollbackSchema = z.object({ revision: z.coerce.number().int().min(0) });
const shown = { before: null, limit: 30 };
/** Judged in milliseconds, on the event loop. */
const mostJobs = { canary: 500, control: 4500 } as const;

export function addLimitsPages(app: OpenAPIHono, dependencies: ApiDependencies): void {
  const {
    acrossTenants: { limits },
    now,
  } = dependencies;
  app.get('/limits', async (context) => {
    const rollout = await limits.rollout();
    const [versions, proposals, audit, look] = await Promise.all([
      limits.versions(shown),
      limits.proposals(shown),
      limits.audit(shown),
      limits.canaryLook(rollout, now(), mostJobs),
    ]);
    const overrides = (await limits.version(rollout.stable))?.overrides ?? {};
    const verdict = look === null ? null : judgeCanary(look);
    return context.html(limitsPage({ rollout, overrides, versions, proposals, audit, verdict }));
  });

  app.post('/limits/rollback', async (context) => {
    const form = RollbackSchema.safeParse(await context.req.parseBody());
    if (!form.success) throw new ProblemError('invalid-request', 'a roll-back names the revision that was seen');
    const change = { to: null, revision: form.data.revision, why: `by ${pageName}`, who: pageName, now: now() };
    const taken = await limits.rollBack(change);
    // There is no version before: the page shows it.
    if (taken.as !== 'same') versionIn(taken);
    return context.redirect('/limits', 303);
  });

  app.post('/limits/proposals/:number', async (context) => {
    const number = z.coerce.number().int().min(1).safeParse(context.req.param('number'));
    const form = FormSchema.safeParse(await context.req.parseBody());
    if (!form.success || !number.success) throw new ProblemError('invalid-request', 'an answer is approve or deny');
    const { decision, note } = form.data;
    try {
      await answerProposal(dependencies, number.data, { decision, by: pageName, note: note === '' ? null : note });
    } catch (error) {
      if (!(error instanceof ProblemError) || !error.is('conflict')) throw error;
    }
    return context.redirect('/limits', 303);
  });
}
