/** The hosted form of a lead magnet, usable without a mouse and without scripts, with its problems beside the fields. */
import { html } from 'hono/html';
import type { LeadMagnet } from '../../../workflows/contract/lead-magnet.ts';
import { fieldRow } from './form-field.ts';
import { page, type Html } from './layout.ts';

export interface FormState {
  readonly values: Readonly<Record<string, unknown>>;
  readonly problems: readonly { readonly path: string; readonly message: string }[];
  /** A problem with no field of its own. */
  readonly notice?: string;
  /** Sent back with the form, so that a double click is one job. */
  readonly idempotencyKey: string;
}

export function formPage({ name, description, slug, form }: LeadMagnet, state: FormState): Html {
  const wrong = noticeOf(state);
  const values = new Map(Object.entries(state.values));
  const problems = new Map(state.problems.map(({ path, message }) => [path, message]));
  const encoding = form.fields.some(({ type }) => type === 'file') ? html`enctype="multipart/form-data"` : null;
  const body = html`<section class="card narrow">
    <h1>${name}</h1>
    ${description === undefined ? null : html`<p class="soft">${description}</p>`}
    ${wrong === undefined ? null : html`<p class="alert" role="alert">${wrong}</p>`}
    <form method="post" action="/f/${slug}" ${encoding} novalidate>
      <input type="hidden" name="_key" value="${state.idempotencyKey}" />
      ${form.fields.map((field) => fieldRow({ field, value: values.get(field.id), problem: problems.get(field.id) }))}
      <button class="primary" type="submit">${form.submitLabel}</button>
    </form>
  </section>`;
  return page(wrong === undefined ? name : `Please look again: ${name}`, body, { plain: true });
}

function noticeOf({ notice, problems }: FormState): string | undefined {
  if (notice !== undefined) return notice;
  if (problems.length === 0) return undefined;
  return problems.length === 1 ? 'Please look at one field again.' : `Please look at ${problems.length} fields again.`;
}

export function thankYouPage(definition: LeadMagnet, jobId: string): Html {
  const text = definition.form.thankYou ?? 'We are at work on it, and you will hear from us.';
  const body = html`<section class="card narrow">
    <h1>Thank you</h1>
    <p>${text}</p>
    <p><a class="button" href="/jobs/${jobId}">See how it goes</a></p>
  </section>`;
  return page(definition.name, body, { plain: true });
}
