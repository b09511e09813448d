/** Small parts that several pages share. */
import { html } from 'hono/html';
import type { Html } from './layout.ts';
import { tone, humanize } from './format.ts';

/** A state as a coloured word. */
export function pill(state: string): Html {
  return html`<span class="pill ${tone(state)}">${humanize(state)}</span>`;
}

/** A name and its value, in a `dl`; nothing without a value. */
export function fact(name: string, value: string): Html {
  return value === ''
    ? html``
    : html`<div>
        <dt>${name}</dt>
        <dd>${value}</dd>
      </div>`;
}

/** Where an artifact is found; with its hash it may be kept by the browser for good. */
export function artifactUrl(jobId: string, name: string, sha256?: string): string {
  const address = `/v1/jobs/${jobId}/artifacts/${encodeURIComponent(name)}`;
  return sha256 === undefined ? address : `${address}?sha256=${sha256}`;
}

/** A select with its label; `of` tells it from others of this name on the page. An empty value means that it is found out. */
export function choice(of: string, name: string, label: string, values: readonly string[]): Html {
  return html`<p>
    <label for="${of}-${name}">${label}</label>
    <select id="${of}-${name}" name="${name}">
      ${values.map((value) => html`<option value="${value}">${value === '' ? 'detect it' : value}</option>`)}
    </select>
  </p>`;
}
