/** The upload form on a batch's page. It works without JavaScript; the script adds a preview of the file before it is sent. */
import { randomUUID } from 'node:crypto';
import { html } from 'hono/html';
import { delimiterNames, describeFormat, textEncodings } from '../../../../workflows/contract/batches/table-format.ts';
import type { RowPreview } from '../../rows/preview.ts';
import type { Html } from '../layout.ts';
import { choice } from '../parts.ts';
import { shortenText } from '../../../../workflows/contract/cut-text.ts';

/** The idempotency key makes a form that is submitted twice one upload. */
export function uploadForm(id: string): Html {
  return html`<details>
    <summary>Send more items</summary>
    <form
      method="post"
      action="/batches/${id}/append"
      enctype="multipart/form-data"
      class="field"
      data-preview="/batches/${id}/items-preview"
    >
      <input type="hidden" name="key" value="${randomUUID()}" />
      <label for="items">Items</label>
      <input
        id="items"
        name="items"
        type="file"
        accept=".csv,.tsv,.txt,.jsonl,.ndjson"
        required
        aria-describedby="items-help"
      />
      <p class="help" id="items-help">
        A table with a header, as spreadsheets save it (.csv, .tsv, .txt), or a .jsonl, up to 1 MB; larger ones by
        <code>lodestone batch append</code>.
      </p>
      <div class="choices">
        ${choice('items', 'delimiter', 'Between columns', ['', ...delimiterNames])}
        ${choice('items', 'encoding', 'Encoding', ['', ...textEncodings])}
      </div>
      <div id="items-preview" aria-live="polite" data-kept></div>
      <p><button type="submit">Send the items</button></p>
    </form>
  </details>`;
}

/** Limits of the preview: columns, and characters of a field. */
const shownColumns = 12;
const shownCharacters = 60;

/** The preview that the form shows when a file was chosen. */
export function uploadPreview({ reading, columns, rows, problem }: RowPreview): Html {
  const more =
    columns.length > shownColumns ? ` The first ${shownColumns} of ${columns.length} columns are shown.` : '';
  return html`<p><b>Read as ${describeFormat(reading)}.</b>${more} Check that columns and letters are right.</p>
    ${reading.notes.map((note) => html`<p class="note">${note}</p>`)}
    ${problem === null ? null : html`<p class="problem">${problem}</p>`}
    <div class="sheet" tabindex="0" role="region" aria-label="The first rows">
      <table>
        <thead>
          <tr>
            ${columns.slice(0, shownColumns).map((name) => html`<th scope="col">${shortenText(name, shownCharacters)}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            (row) =>
              html`<tr>
                ${row.slice(0, shownColumns).map((value) => html`<td>${shortenText(value, shownCharacters)}</td>`)}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
}
