/** The hosted form of a lead magnet, usable without a mouse and without scripts, with its problems beside the fields. */
import { html } from 'hono/html';
import type { FormField } from '../../../workflows/contract/form.ts';
import type { LeadMagnet } from '../../../workflows/contract/lead-magnet.ts';
import { page, type Html } from './layout.ts';

export interface FormState {
  readonly values: Readonly<Record<string, unknown>>;
  readonly problems: readonly { readonly path: string; readonly message: string }[];
  /** A problem with no field of its own. */
  readonly notice?: string;
  /** Sent back with the form, so that a double click is one job. */
  readonly idempotencyKey: string;
}

export function formPage(definition: LeadMagnet, state: FormState): Html {
  const wrong = state.problems.length;
  const summary =
    wrong === 0 && state.notice === undefined
      ? html``
      : html`<p class="alert" role="alert">
          ${state.notice ?? `Please look at ${wrong === 1 ? 'one field' : `${wrong} fields`} again.`}
        </p>`;
  const body = html`<section class="card narrow">
    <h1>${definition.name}</h1>
    ${definition.description === undefined ? html`` : html`<p class="soft">${definition.description}</p>`} ${summary}
    <form method="post" action="/f/${definition.slug}" novalidate>
      <input type="hidden" name="_key" value="${state.idempotencyKey}" />
      ${definition.form.fields.map((field) => fieldRow(field, state))}
      <button class="primary" type="submit">${definition.form.submitLabel}</button>
    </form>
  </section>`;
  return page(definition.name, body, { plain: true });
}

function fieldRow(field: FormField, state: FormState): Html {
  const problem = state.problems.find(({ path }) => path === field.id)?.message;
  const described = [
    field.help === undefined ? '' : `${field.id}-help`,
    problem === undefined ? '' : `${field.id}-problem`,
  ];
  const label = html`${field.label}${field.required ? html` <span class="soft">(required)</span>` : html``}`;
  const help = field.help === undefined ? html`` : html`<p class="help" id="${field.id}-help">${field.help}</p>`;
  const message = problem === undefined ? html`` : html`<p class="problem" id="${field.id}-problem">${problem}</p>`;
  const attributes: Attributes = {
    describedBy: described.filter((id) => id !== '').join(' '),
    invalid: problem !== undefined,
  };
  if (field.type === 'radio') {
    return html`<fieldset class="field">
      <legend>${label}</legend>
      ${help} ${(field.options ?? []).map((option) => radio(field, option, state))} ${message}
    </fieldset>`;
  }
  if (field.type === 'checkbox') {
    return html`<div class="field check">
      <input
        type="checkbox"
        id="${field.id}"
        name="${field.id}"
        ${state.values[field.id] === undefined ? '' : 'checked'}
      />
      <label for="${field.id}">${label}</label>${help}${message}
    </div>`;
  }
  return html`<div class="field">
    <label for="${field.id}">${label}</label>${help} ${control(field, state, attributes)} ${message}
  </div>`;
}

interface Attributes {
  readonly describedBy: string;
  readonly invalid: boolean;
}

function radio(field: FormField, option: string, state: FormState): Html {
  const checked = state.values[field.id] === option ? 'checked' : '';
  return html`<label class="choice"
    ><input type="radio" name="${field.id}" value="${option}" ${checked} /> ${option}</label
  >`;
}

function control(field: FormField, state: FormState, { describedBy, invalid }: Attributes): Html {
  const raw = state.values[field.id];
  const value = typeof raw === 'string' ? raw : '';
  const required = field.required ? 'required' : '';
  const problem = invalid ? 'true' : 'false';
  if (field.type === 'textarea') {
    return html`<textarea
      id="${field.id}"
      name="${field.id}"
      rows="5"
      placeholder="${field.placeholder ?? ''}"
      aria-describedby="${describedBy}"
      aria-invalid="${problem}"
      ${required}
    >
${value}</textarea>`;
  }
  if (field.type === 'select') {
    const options = field.options ?? [];
    return html`<select
      id="${field.id}"
      name="${field.id}"
      aria-describedby="${describedBy}"
      aria-invalid="${problem}"
      ${required}
    >
      <option value="">Please choose</option>
      ${options.map((option) => html`<option ${option === value ? 'selected' : ''}>${option}</option>`)}
    </select>`;
  }
  const complete = { email: 'email', tel: 'tel', url: 'url' }[field.type as string] ?? 'on';
  return html`<input
    id="${field.id}"
    name="${field.id}"
    type="${field.type}"
    value="${value}"
    placeholder="${field.placeholder ?? ''}"
    autocomplete="${complete}"
    aria-describedby="${describedBy}"
    aria-invalid="${problem}"
    ${required}
  />`;
}

export function thankYouPage(definition: LeadMagnet, jobId: string): Html {
  const text = definition.form.thankYou ?? 'Thank you. We are at work on it, and you will hear from us.';
  return page(
    definition.name,
    html`<section class="card narrow">
      <h1>Thank you</h1>
      <p>${text}</p>
      <p><a class="button" href="/jobs/${jobId}">See how it goes</a></p>
    </section>`,
    { plain: true },
  );
}
