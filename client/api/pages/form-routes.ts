/** The hosted form's routes: shown, sent, and shown again with what was wrong. */
import { randomUUID } from 'node:crypto';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { LeadMagnet } from '../../../workflows/contract/lead-magnet.ts';
import { tenant, type ApiDependencies } from '../dependencies.ts';
import { formPolicy } from '../headers.ts';
import { ProblemError } from '../problem.ts';
import { submit, type SubmitRequest } from '../submit.ts';
import { takeUploads } from '../uploads.ts';
import { visitorAddress } from '../visitor.ts';
import { answerPage } from './layout.ts';
import { formPage, thankYouPage, type FormState } from './form-page.ts';

type Values = FormState['values'];

export function addFormRoutes(app: OpenAPIHono, dependencies: ApiDependencies): void {
  const find = async (slug: string): Promise<LeadMagnet> => {
    const saved = await dependencies.store.leadMagnets.find(tenant, slug);
    if (saved === null) throw new ProblemError('not-found', `there is no form ${slug}`);
    return saved.definition;
  };

  app.get('/f/:slug', async (context) => {
    const definition = await find(context.req.param('slug'));
    const fresh = formPage(definition, { values: {}, problems: [], idempotencyKey: randomUUID() });
    return answerPage(fresh, 200, headersOf(definition));
  });

  app.post('/f/:slug', async (context) => {
    const definition = await find(context.req.param('slug'));
    const { _key: key, ...sent } = await readForm(context);
    const { values, uploads } = await takeUploads(sent);
    const idempotencyKey = typeof key === 'string' && key !== '' ? key : randomUUID();
    try {
      const address = visitorAddress(context, dependencies.trustedProxies);
      const { slug } = definition;
      const jobId = await takeIn(dependencies, { tenant, slug, values, uploads, idempotencyKey, address });
      const { redirectUrl } = definition.form;
      if (redirectUrl !== undefined) return context.redirect(redirectUrl, 303);
      return context.html(thankYouPage(definition, jobId));
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      const again = formPage(definition, stateAfter(error, values, idempotencyKey));
      return answerPage(again, error.problem.status, { ...headersOf(definition), ...error.headers });
    }
  });
}

function headersOf({ form }: LeadMagnet): Readonly<Record<string, string>> {
  return {
    'content-security-policy': formPolicy(form.redirectUrl),
    // Each visit has a key of its own; a kept copy would make two submissions one.
    'cache-control': 'no-store',
  };
}

async function readForm(context: Context): Promise<Values> {
  try {
    return await context.req.parseBody();
  } catch {
    throw new ProblemError('invalid-request', 'the body is not a form');
  }
}

async function takeIn(dependencies: ApiDependencies, request: SubmitRequest): Promise<string> {
  try {
    return await submit(dependencies, request);
  } catch (error) {
    // The submission is kept and starts by itself: for a visitor that is a success.
    if (!(error instanceof ProblemError) || !error.is('temporal-unreachable')) throw error;
    if (error.problem.jobId === undefined) throw error;
    return error.problem.jobId;
  }
}

function stateAfter(error: ProblemError, values: Values, idempotencyKey: string): FormState {
  const problems = error.problem.problems ?? [];
  if (problems.length > 0) return { values, problems, idempotencyKey };
  if (!error.is('conflict')) return { values, problems, idempotencyKey, notice: `Not sent: ${error.message}.` };
  // Gone back to after it was sent, and changed: meant as another submission, so it gets a key of its own.
  const notice = 'You have sent this form before. Send it again to submit what it says now.';
  return { values, problems, notice, idempotencyKey: randomUUID() };
}
