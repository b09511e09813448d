/** The controls of a batch, as plain forms. */
import { html } from 'hono/html';
import type { BatchWithProgress } from '../../batches/batch-progress.ts';
import { uploadForm } from './batch-upload.ts';
import type { Html } from '../layout.ts';

export function batchControls(batch: BatchWithProgress): Html {
  return html`<section class="card" id="controls">
    <h2>Controls</h2>
    ${batch.state === 'ended' ? ended(batch) : going(batch)}
  </section>`;
}

function button(id: string, verb: string, text: string): Html {
  return html`<form method="post" action="/batches/${id}/${verb}"><button type="submit">${text}</button></form>`;
}

function going({ id, state, pause, definition: { limits } }: BatchWithProgress): Html {
  const isReady = state === 'importing';
  return html`<div class="actions">
      ${isReady ? html`${button(id, 'start', 'Start')} ${button(id, 'estimate', 'Estimate the cost')}` : null}
      ${!isReady && pause !== null ? button(id, 'resume', 'Go on') : null}
      ${!isReady && pause === null ? button(id, 'pause', 'Pause') : null}
      ${isReady ? button(id, 'delete', 'Remove') : null}
    </div>
    ${isReady ? null : sure('Cancel', 'Calls under way are cancelled at the provider; answers so far are kept.', button(id, 'cancel', 'Cancel the batch'))}
    ${uploadForm(id)}
    <details>
      <summary>Limits</summary>
      <form method="post" action="/batches/${id}/limits" class="limits">
        ${number('parallel', 'Items in parallel', limits.parallel)}
        ${number('capUsd', 'Cap, US dollars', limits.capUsd)}
        ${number('capPerHourUsd', 'Cap an hour, US dollars', limits.capPerHourUsd)}
        ${number('callsPerHour', 'Calls an hour', limits.callsPerHour)}
        ${number('retries', 'Retries of an item', limits.retries)}
        ${number('callSeconds', 'Time limit of a call, seconds', limits.callSeconds)}
        ${number('itemSeconds', 'Time limit of an item, seconds', limits.itemSeconds)}
        ${number('jobSeconds', 'Time limit of the batch, seconds', limits.jobSeconds)}
        <p><button type="submit">Change</button></p>
      </form>
    </details>`;
}

function number(name: string, label: string, value: number): Html {
  return html`<p class="field">
    <label for="${name}">${label}</label>
    <input id="${name}" name="${name}" type="number" step="any" min="0" required value="${value}" />
  </p>`;
}

function ended({ id, counts }: BatchWithProgress): Html {
  const again = counts.failed + counts.timed_out;
  return html`<div class="actions">
      ${again === 0 ? null : button(id, 'retry-failed', `Retry the failed items (${again})`)}
      ${
        counts.uncertain === 0
          ? null
          : html`<form method="post" action="/batches/${id}/retry-failed">
              <input type="hidden" name="uncertain" value="yes" />
              <button type="submit">Retry the uncertain items too (${counts.uncertain}); they may be paid twice</button>
            </form>`
      }
    </div>
    ${sure('Remove', 'Its items and results are deleted permanently.', button(id, 'delete', 'Remove the batch and its results'))}`;
}

/** An action that cannot be undone needs a second press. */
function sure(summary: string, consequence: string, act: Html): Html {
  return html`<details>
    <summary>${summary}</summary>
    <p class="help">${consequence}</p>
    ${act}
  </details>`;
}
