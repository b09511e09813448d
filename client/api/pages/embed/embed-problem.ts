/** A problem inside the frame, in place of the form: the site with the frame must be allowed to show it. */
import type { Context } from 'hono';
import { html } from 'hono/html';
import type { ApiDependencies } from '../../dependencies.ts';
import { framedPolicy } from '../../http/headers.ts';
import type { ProblemError } from '../../http/problem.ts';
import { findForm } from '../forms/form-intake.ts';
import { answerPage, page } from '../layout.ts';
import { problemPage } from '../problem-page.ts';
import { frameScript } from './embed-pages.ts';

export async function embeddedProblem(
  dependencies: ApiDependencies,
  context: Context,
  error: ProblemError,
): Promise<Response> {
  const origins = await originsOf(dependencies, context.req.path);
  if (origins === undefined) return problemPage(error);
  const { title, detail, status } = error.problem;
  const body = html`<section class="card narrow">
      <h1>${title}</h1>
      <p class="soft" role="alert">${detail}</p>
    </section>
    ${frameScript(origins)}`;
  const policy = { 'content-security-policy': framedPolicy(origins) };
  return answerPage(page(title, body, { plain: true, framed: true }), status, { ...policy, ...error.headers });
}

async function originsOf(dependencies: ApiDependencies, path: string): Promise<readonly string[] | undefined> {
  try {
    return (await findForm(dependencies, path.split('/')[2] ?? '')).form.embedOrigins;
  } catch {
    // For an unknown form, or when the store cannot be read, nobody may frame the page.
    return undefined;
  }
}
