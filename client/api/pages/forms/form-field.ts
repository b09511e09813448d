/** One field of the hosted form, with its help and its problem associated for screen readers. */
import { html } from 'hono/html';
import type { FormField } from '../../../../workflows/contract/lead-magnets/form.ts';
import type { Html } from '../layout.ts';

export interface FieldState {
  readonly field: FormField;
  /** The submitted value when the form is shown again, and otherwise the value from its address. */
  readonly value: unknown;
  readonly problem: string | undefined;
}

export function fieldRow(state: FieldState): Html {
  const { field, problem } = state;
  const help = field.help === undefined ? null : html`<p class="help" id="${field.id}-help">${field.help}</p>`;
  const message = problem === undefined ? null : html`<p class="problem" id="${field.id}-problem">This ${problem}.</p>`;
  switch (field.type) {
    case 'radio':
      return html`<fieldset class="field" ${aria(state)}>
        <legend>${label(field)}</legend>
        ${help} ${(field.options ?? []).map((option) => radio(state, option))} ${message}
      </fieldset>`;
    case 'checkbox':
      return html`<div class="field check">
        <input type="checkbox" ${nameOf(field)} ${aria(state)} ${isTicked(state.value) ? 'checked' : ''} />
        <label for="${field.id}">${label(field)}</label>${help}${message}
      </div>`;
    case 'file':
      return html`<div class="field">
        <label for="${field.id}">${label(field)}</label>${help}
        <input type="file" ${nameOf(field)} ${aria(state)} />
        ${message}
      </div>`;
    case 'hidden':
      return html`<input type="hidden" name="${field.id}" value="${textOf(state)}" />
        ${problem === undefined ? null : html`<p class="problem">${field.label}: this ${problem}.</p>`}`;
    case 'textarea':
    case 'select':
    case 'text':
    case 'email':
    case 'tel':
    case 'number':
    case 'url':
      return html`<div class="field">
        <label for="${field.id}">${label(field)}</label>${help} ${control(state)} ${message}
      </div>`;
  }
}

function label(field: FormField): Html {
  return html`${field.label}${field.required ? html` <span class="soft">(required)</span>` : null}`;
}

function nameOf(field: FormField): Html {
  return html`id="${field.id}" name="${field.id}"`;
}

/** ARIA attributes: whether the field is wrong or required, and which texts describe it. */
function aria({ field, problem }: FieldState): Html {
  const ids = [field.help === undefined ? [] : `${field.id}-help`, problem === undefined ? [] : `${field.id}-problem`];
  const described = ids.flat().join(' ');
  return html`${described === '' ? null : html`aria-describedby="${described}"`}
  ${problem === undefined ? null : html`aria-invalid="true"`}
  ${field.required && field.type !== 'radio' ? html`aria-required="true"` : null}`;
}

function isTicked(value: unknown): boolean {
  return value === 'on' || value === 'true' || value === true;
}

function radio({ field, value }: FieldState, option: string): Html {
  return html`<label class="choice"
    ><input type="radio" name="${field.id}" value="${option}" ${value === option ? 'checked' : ''} /> ${option}</label
  >`;
}

function textOf({ value }: FieldState): string {
  return typeof value === 'string' ? value : '';
}

function control(state: FieldState): Html {
  const { field } = state;
  const value = textOf(state);
  const hint = field.placeholder === undefined ? null : html`placeholder="${field.placeholder}"`;
  if (field.type === 'textarea') {
    return html`<textarea ${nameOf(field)} rows="5" ${hint} ${aria(state)}>${value}</textarea>`;
  }
  if (field.type === 'select') {
    return html`<select ${nameOf(field)} ${aria(state)}>
      <option value="">Please choose</option>
      ${(field.options ?? []).map((option) => html`<option ${option === value ? 'selected' : ''}>${option}</option>`)}
    </select>`;
  }
  return html`<input ${nameOf(field)} ${typeOf(field)} value="${value}" ${hint} ${aria(state)} />`;
}

/** The input type, the keyboard that a phone shows, and what a browser may fill in. */
function typeOf({ type }: FormField): Html {
  if (type === 'email' || type === 'tel' || type === 'url') return html`type="${type}" autocomplete="${type}"`;
  // A browser's number field drops invalid input, so that nobody would learn what was wrong with it.
  return type === 'number' ? html`type="text" inputmode="decimal"` : html`type="text"`;
}
