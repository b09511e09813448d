/** The hosted form's routes: showing it, receiving it, and showing it again with its problems. */
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { LeadMagnet } from '../../../../workflows/contract/lead-magnets/lead-magnet.ts';
import type { ApiDependencies } from '../../dependencies.ts';
import { formPolicy } from '../../http/headers.ts';
import { findForm, readSentForm, takeInForm } from './form-intake.ts';
import { freshForm } from './form-prefill.ts';
import { answerPage } from '../layout.ts';
import { formPage, thankYouPage } from './form-page.ts';

export function addFormRoutes(app: OpenAPIHono, dependencies: ApiDependencies): void {
  app.get('/f/:slug', async (context) => {
    const definition = await findForm(dependencies, context.req.param('slug'));
    const fresh = formPage(definition, await freshForm(definition, context.req.url));
    return answerPage(fresh, 200, headersOf(definition));
  });

  app.post('/f/:slug', async (context) => {
    const definition = await findForm(dependencies, context.req.param('slug'));
    const intake = await takeInForm(dependencies, context, definition.slug, await readSentForm(context));
    if (intake.jobId === null) {
      const { problem, headers } = intake.error;
      return answerPage(formPage(definition, intake.again), problem.status, { ...headersOf(definition), ...headers });
    }
    const { redirectUrl } = definition.form;
    if (redirectUrl !== undefined) return context.redirect(redirectUrl, 303);
    return context.html(thankYouPage(definition, intake.jobId));
  });
}

function headersOf({ form }: LeadMagnet): Readonly<Record<string, string>> {
  return {
    'content-security-policy': formPolicy(form.redirectUrl),
    // Each visit gets a new key; a cached copy would turn two submissions into one.
    'cache-control': 'no-store',
  };
}
