/** A problem inside the frame, shown where the form stood: the site that holds the frame must be able to show it. */
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
    // Of a form that is not there, or a store that cannot be read, nobody may frame anything.
    return undefined;
  }
}
