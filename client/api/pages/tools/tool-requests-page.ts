/** The page that lists tool requests, newest first. */
import { html } from 'hono/html';
import type { ToolRequestPage } from '../../../../store/tools/tool-lists.ts';
import type { ToolRequestHead } from '../../../../store/tools/tool-request-row.ts';
import { progressOf } from '../../../../store/tools/tool-views.ts';
import { page, type Html } from '../layout.ts';
import { pill } from '../parts.ts';
import { moment } from '../format.ts';
import { isLimit } from './tool-words.ts';

export function toolRequestsPage({ requests, next }: ToolRequestPage, now: Date): Html {
  return page(
    'Lodestone: tool requests',
    html`<section class="head"><h1>Tool requests</h1></section>
      <section class="card">
        <h2>Newest requests</h2>
        ${
          requests.length === 0
            ? html`<p class="soft">None yet: <code>lodestone tools run chat --set prompt=Hello</code>.</p>`
            : html`<ul class="plain jobs">
                ${requests.map((request) => requestRow(request, now))}
              </ul>`
        }
        ${next === null ? null : html`<p><a href="/tool-requests?before=${encodeURIComponent(next)}">Older</a></p>`}
      </section>`,
  );
}

/** A request in a list: its state or outcome, its tool, its seconds, and what cut it off. */
function requestRow(request: ToolRequestHead, now: Date): Html {
  const { id, tool, state, outcome, cut, acceptedAt } = request;
  const details = [
    `${progressOf(request, now).secondsUsed} s`,
    cut !== null && isLimit(cut) ? `ended by the ${cut.layer}` : '',
    moment(acceptedAt),
  ].filter((text) => text !== '');
  return html`<li class="row">
    ${pill(outcome ?? state)} <a href="/tool-requests/${encodeURIComponent(id)}">${tool}</a>
    <span class="soft">${details.join(' · ')}</span>
  </li>`;
}
