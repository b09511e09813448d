/**
 * The form on a customer's site: a page that only the lead magnet's `embedOrigins` may frame. It works without cookies,
 * which browsers withhold there; the form's token shows that it was loaded from here.
 */
import { randomUUID } from 'node:crypto';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { LeadMagnet } from '../../../../workflows/contract/lead-magnets/lead-magnet.ts';
import { comesFromAnotherSite } from '../../http/cross-site.ts';
import type { ApiDependencies } from '../../dependencies.ts';
import { sentAddress } from '../../embed/address.ts';
import { framedPolicy } from '../../http/headers.ts';
import { ProblemError } from '../../http/problem.ts';
import { findForm, readSentForm, takeInForm, type SentForm } from '../forms/form-intake.ts';
import type { FormState } from '../forms/form-page.ts';
import { freshForm } from '../forms/form-prefill.ts';
import { answerPage, type Html } from '../layout.ts';
import { embeddedForm, embeddedThanks, sandboxedText } from './embed-pages.ts';

export function addEmbedRoutes(app: OpenAPIHono, dependencies: ApiDependencies): void {
  const { formTokens, store } = dependencies;

  const show = (form: EmbeddableForm, state: FormState, status = 200, extra = {}): Promise<Response> => {
    const token = formTokens.issue(form.definition.slug, state.idempotencyKey);
    return answer(form, embeddedForm(form.definition, form.origins, state, token), status, extra);
  };

  app.get('/f/:slug/embed', async (context) => {
    const form = embeddable(await findForm(dependencies, context.req.param('slug')));
    return show(form, await freshForm(form.definition, context.req.url));
  });

  app.post('/f/:slug/embed', async (context) => {
    const form = embeddable(await findForm(dependencies, context.req.param('slug')));
    refuseForeign(context.req.raw.headers, form.origins);
    const { slug } = form.definition;
    const sent = await readSentForm(context);
    const refused = tokenProblem(formTokens.check(sent.token, slug, sent.idempotencyKey));
    if (refused !== undefined) return show(form, freshState(sent, refused.notice), refused.status);
    const intake = await takeInForm(dependencies, context, slug, sent);
    if (intake.jobId !== null) return context.redirect(sentAddress(slug, intake.jobId), 303);
    return show(form, intake.again, intake.error.problem.status, intake.error.headers);
  });

  app.get('/f/:slug/embed/sent/:jobId', async (context) => {
    const form = embeddable(await findForm(dependencies, context.req.param('slug')));
    const job = await store.jobViews.find(context.req.param('jobId'));
    if (job === null || job.leadMagnet.slug !== form.definition.slug) {
      throw new ProblemError('not-found', 'this form started no such job');
    }
    return answer(form, embeddedThanks(form.definition, form.origins, job), 200);
  });
}

interface EmbeddableForm {
  readonly definition: LeadMagnet;
  readonly origins: readonly string[];
}

function embeddable(definition: LeadMagnet): EmbeddableForm {
  const { embedOrigins } = definition.form;
  if (embedOrigins !== undefined) return { definition, origins: embedOrigins };
  throw new ProblemError('not-found', `the form ${definition.slug} names no embedOrigins: it cannot stand in a frame`);
}

/** Allows requests from the frame itself, and from pages that may frame it. */
function refuseForeign(headers: Headers, origins: readonly string[]): void {
  const origin = headers.get('origin');
  if (origin === 'null') throw new ProblemError('cross-site', sandboxedText);
  if (origin !== null && origins.includes(origin)) return;
  if (comesFromAnotherSite(headers)) {
    throw new ProblemError('cross-site', 'a page of another site may not send this form');
  }
}

function tokenProblem(
  found: 'right' | 'expired' | 'wrong',
): { readonly status: number; readonly notice: string } | undefined {
  const again = 'What you typed is kept; choose your files anew. Please send the form again.';
  if (found === 'right') return undefined;
  return found === 'expired'
    ? { status: 410, notice: `Not sent: this form was open for more than 12 hours. ${again}` }
    : { status: 403, notice: `Not sent: this form was used before, or was not loaded from here. ${again}` };
}

/** The server cannot tell it from a new submission, so it gets a new key. */
function freshState({ values }: SentForm, notice: string): FormState {
  return { values, problems: [], notice, idempotencyKey: randomUUID() };
}

function answer(form: EmbeddableForm, page: Html, status: number, extra = {}): Promise<Response> {
  return answerPage(page, status, {
    'content-security-policy': framedPolicy(form.origins),
    // Each visit gets a new token.
    'cache-control': 'no-store',
    ...extra,
  });
}
