/**
 * The hosted form of a lead magnet. It works without a mouse and without scripts, and shows problems beside the fields.
 */
import { html } from 'hono/html';
import type { LeadMagnet } from '../../../../workflows/contract/lead-magnets/lead-magnet.ts';
import { fieldRow } from './form-field.ts';
import { page, type Html } from '../layout.ts';

export interface FormState {
  readonly values: Readonly<Record<string, unknown>>;
  readonly problems: readonly { readonly path: string; readonly message: string }[];
  /** A problem that belongs to no field. */
  readonly notice?: string;
  /** Sent back with the form, so that a double click starts one job. */
  readonly idempotencyKey: string;
}

export function formPage(definition: LeadMagnet, state: FormState): Html {
  const body = formCard(definition, state, { action: `/f/${definition.slug}`, token: undefined });
  return page(formTitle(definition, state), body, { plain: true });
}

export function formTitle({ name }: LeadMagnet, state: FormState): string {
  return noticeOf(state) === undefined ? name : `Please look again: ${name}`;
}

interface FormTarget {
  readonly action: string;
  /** Sent back with a form that is embedded in another site. */
  readonly token: string | undefined;
}

/** The form itself, for the hosted and the embedded page. */
export function formCard({ name, description, form }: LeadMagnet, state: FormState, target: FormTarget): Html {
  const wrong = noticeOf(state);
  const values = new Map(Object.entries(state.values));
  const problems = new Map(state.problems.map(({ path, message }) => [path, message]));
  const encoding = form.fields.some(({ type }) => type === 'file') ? html`enctype="multipart/form-data"` : null;
  const token = target.token === undefined ? null : html`<input type="hidden" name="_token" value="${target.token}" />`;
  return html`<section class="card narrow">
    <h1>${name}</h1>
    ${description === undefined ? null : html`<p class="soft">${description}</p>`}
    ${wrong === undefined ? null : html`<p class="alert" role="alert">${wrong}</p>`}
    <form method="post" action="${target.action}" ${encoding} novalidate>
      <input type="hidden" name="_key" value="${state.idempotencyKey}" />${token}
      ${form.fields.map((field) => fieldRow({ field, value: values.get(field.id), problem: problems.get(field.id) }))}
      <button class="primary" type="submit">${form.submitLabel}</button>
    </form>
  </section>`;
}

function noticeOf({ notice, problems }: FormState): string | undefined {
  if (notice !== undefined) return notice;
  if (problems.length === 0) return undefined;
  return problems.length === 1 ? 'Please look at one field again.' : `Please look at ${problems.length} fields again.`;
}

export function thanksText({ form }: LeadMagnet): string {
  return form.thankYou ?? 'We are at work on it, and you will hear from us.';
}

export function thankYouPage(definition: LeadMagnet, jobId: string): Html {
  const body = html`<section class="card narrow">
    <h1>Thank you</h1>
    <p>${thanksText(definition)}</p>
    <p><a class="button" href="/jobs/${jobId}">See how it goes</a></p>
  </section>`;
  return page(definition.name, body, { plain: true });
}
