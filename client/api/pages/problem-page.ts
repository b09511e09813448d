/** A problem as a page, for people who followed a link; programs get JSON. */
import type { Context } from 'hono';
import { html } from 'hono/html';
import type { ProblemError } from '../http/problem.ts';
import { answerPage, page } from './layout.ts';

/** Whether the request is a browser's navigation to a page, and not a program's call. */
export function wantsPage(context: Context): boolean {
  const asksForHtml = context.req.header('accept')?.includes('text/html') === true;
  return asksForHtml && !context.req.path.startsWith('/v1/');
}

export function problemPage({ problem, headers }: ProblemError): Promise<Response> {
  const body = html`<section class="card narrow">
    <h1>${problem.title}</h1>
    <p class="soft">${problem.detail}</p>
    <p><a class="button" href="/">To the jobs</a></p>
  </section>`;
  return answerPage(page(problem.title, body), problem.status, headers);
}
