/** A form that downloads a batch's results with another delimiter or encoding. */
import { html } from 'hono/html';
import { delimiterNames, resultEncodings } from '../../../../workflows/contract/batches/table-format.ts';
import type { Html } from '../layout.ts';
import { choice } from '../parts.ts';

export function resultsForm(id: string): Html {
  return html`<details>
    <summary>Results for a spreadsheet</summary>
    <form method="get" action="/v1/batches/${id}/results.csv" class="field">
      <div class="choices">
        ${choice('results', 'delimiter', 'Between columns', delimiterNames)}
        ${choice('results', 'encoding', 'Encoding', resultEncodings)}
      </div>
      <p class="help">
        Excel knows utf-8-bom and utf-16le by their marks. It expects semicolons where commas stand in numbers.
      </p>
      <p><button type="submit">Get the CSV</button></p>
    </form>
  </details>`;
}
