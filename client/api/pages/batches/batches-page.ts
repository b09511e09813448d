/** The page that lists batches, with the switch that stops them all. */
import { counted } from '../../../../workflows/contract/counted.ts';
import { html } from 'hono/html';
import type { SwitchState } from '../../../../store/platform/switches.ts';
import { batchItemEnds } from '../../../../workflows/contract/batches/batch.ts';
import type { BatchView } from '../../../../workflows/contract/batches/schema.ts';
import { page, type Html } from '../layout.ts';
import { pill } from '../parts.ts';
import { moment, money } from '../format.ts';

export function batchesPage(batches: readonly BatchView[], stopped: SwitchState | null): Html {
  return page(
    'Lodestone: batches',
    html`<section class="head"><h1>Batches</h1></section>
      ${switchPanel(stopped)}
      <section class="card">
        <h2>Newest batches</h2>
        ${
          batches.length === 0
            ? html`<p class="soft">
                None yet: <code>lodestone batch submit items.csv --prompt prompt.txt --model gpt-5.4-mini</code>.
              </p>`
            : html`<ul class="plain jobs">
                ${batches.map(batchRow)}
              </ul>`
        }
      </section>`,
  );
}

function batchRow({ id, definition, state, outcome, itemCount, counts, spentUsd, createdAt }: BatchView): Html {
  const ended = batchItemEnds.reduce((sum, status) => sum + counts[status], 0);
  const all = counted(itemCount, 'item');
  const items = ended === itemCount ? all : `${ended} of ${all}`;
  return html`<li class="row">
    ${pill(outcome ?? state)} <a href="/batches/${id}">${definition.name}</a>
    <span class="soft"
      >${items} · ${moment(createdAt)} · ${money(spentUsd)}${definition.mode === 'economy' ? ' · economy' : ''}</span
    >
  </li>`;
}

export function switchPanel(stopped: SwitchState | null): Html {
  if (stopped === null) {
    return html`<section class="card" id="switch">
      <details>
        <summary>Stop all batches</summary>
        <form method="post" action="/platform/stop" class="field">
          <label for="stop-message">Why</label>
          <input id="stop-message" name="message" required maxlength="500" />
          <p class="help">No batch submits further calls. Calls under way are completed.</p>
          <p><button type="submit">Stop all batches</button></p>
        </form>
      </details>
    </section>`;
  }
  return html`<section class="card" id="switch">
    <p class="alert">All batches have been stopped since ${moment(stopped.at)}: ${stopped.message}</p>
    <form method="post" action="/platform/resume"><button type="submit">Let all batches continue</button></form>
  </section>`;
}
