/** Small parts that several pages share. */
import { html } from 'hono/html';
import type { Html } from './layout.ts';
import { tone, humanize } from './format.ts';

/** A state as a coloured label. */
export function pill(state: string): Html {
  return html`<span class="pill ${tone(state)}">${humanize(state)}</span>`;
}

/** A name and its value, in a `dl`; empty without a value. */
export function fact(name: string, value: string): Html {
  return value === ''
    ? html``
    : html`<div>
        <dt>${name}</dt>
        <dd>${value}</dd>
      </div>`;
}

/** The address of an artifact; with its hash, the browser may cache it for good. */
export function artifactUrl(jobId: string, name: string, sha256?: string): string {
  const address = `/v1/jobs/${jobId}/artifacts/${encodeURIComponent(name)}`;
  return sha256 === undefined ? address : `${address}?sha256=${sha256}`;
}

/**
 * A select with its label; `of` distinguishes it from others of this name on the page. An empty value means automatic
 * detection.
 */
export function choice(of: string, name: string, label: string, values: readonly string[]): Html {
  return html`<p>
    <label for="${of}-${name}">${label}</label>
    <select id="${of}-${name}" name="${name}">
      ${values.map((value) => html`<option value="${value}">${value === '' ? 'detect it' : value}</option>`)}
    </select>
  </p>`;
}
