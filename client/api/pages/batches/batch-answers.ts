/** Shows a batch's first answers, each next to its item. */
import { html } from 'hono/html';
import type { BatchItemView } from '../../../../workflows/contract/batches/schema.ts';
import { removalText } from '../../batches/batch-results.ts';
import type { Html } from '../layout.ts';
import { cutText } from '../../../../workflows/contract/cut-text.ts';

const itemLength = 160;
const answerLength = 400;

export function answersCard(answered: readonly BatchItemView[]): Html {
  if (answered.length === 0) return html`<section id="answers" hidden></section>`;
  return html`<section class="card" id="answers">
    <h2>First answers</h2>
    <dl class="answers">
      ${answered.map(
        (view) =>
          html`<dt class="soft">${view.position + 1}. ${short(Object.values(view.item), itemLength)}</dt>
            <dd>${removalText(view) ?? short([view.output], answerLength)}</dd>`,
      )}
    </dl>
  </section>`;
}

/** Shows text as it is and other values as JSON. */
function short(values: readonly unknown[], length: number): string {
  const text = values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))).join(', ');
  return text.length > length ? `${cutText(text, length - 1)}…` : text;
}
