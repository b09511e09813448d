/** The page of a tool request: how far it is, its limits and which of them ended it, what was asked and answered. */
import type { AnsweredBy } from '../../../../workflows/contract/tools/answered-by.ts';
import { html } from 'hono/html';
import type { ToolRequestHead, ToolRequestRow } from '../../../../store/tools/tool-request-row.ts';
import { cutText } from '../../../../workflows/contract/cut-text.ts';
import type { ToolFile } from '../../../../workflows/contract/tools/files.ts';
import type { ToolLayer, ToolLimits } from '../../../../workflows/contract/tools/limits.ts';
import type { ToolRequestView } from '../../../../workflows/contract/tools/tool-view.ts';
import { humanize, moment, money, size } from '../format.ts';
import { page, type Html } from '../layout.ts';
import { fact, pill } from '../parts.ts';
import { endingWords, inputText, isLimit, phaseWords } from './tool-words.ts';

export interface ToolRequestPageData {
  readonly view: ToolRequestView;
  readonly row: ToolRequestRow;
  /** The tool's own answer as text; null while there is none. */
  readonly answer: string | null;
  /** The requests of the conversation, with this one. */
  readonly conversation: readonly ToolRequestHead[];
  /** The files of the conversation so far. */
  readonly files: readonly ToolFile[];
  readonly temporalUrl: string;
}

/** What callers and models wrote is shown up to this length; the API has all of it. */
const shownCharacters = 20_000;
const shownFiles = 100;
const refreshMilliseconds = 1000;

export function toolRequestPage(data: ToolRequestPageData): Html {
  const { id, tool, state, outcome } = data.view;
  return page(
    `${tool}: ${humanize(outcome ?? state)}`,
    html`<div id="live" data-fragment="${address(id)}/fragment" data-every="${refreshMilliseconds}">
        ${toolRequestFragment(data)}
      </div>
      <p id="announcement" class="unseen" role="status"></p>
      ${state === 'ended' ? null : html`<script src="/assets/live.js" defer></script>`}`,
  );
}

/** The parts of the page that change. Each has its id from the beginning, even when it is empty. */
export function toolRequestFragment(data: ToolRequestPageData): Html {
  return html`${head(data)} ${answers(data)} ${asked(data)} ${limitsCard(data)} ${conversationCard(data)}`;
}

function head({ view, temporalUrl }: ToolRequestPageData): Html {
  const { id, tool, state, outcome, phase, place, secondsUsed, secondsLeft, tokens, usage, cut } = view;
  const isOver = state === 'ended';
  return html`<section class="head" id="head" ${isOver ? html`data-ended="${humanize(outcome ?? state)}"` : null}>
    <p class="soft"><a href="/tool-requests">Tool requests</a> / ${id}</p>
    <h1>${tool} ${pill(outcome ?? state)}</h1>
    ${
      cut === null
        ? null
        : html`<p class="alert">
            <b>${endingWords(cut)} after ${cut.seconds} s:</b> ${shown(cut.message)}. Advice: ${shown(cut.advice)}.
          </p>`
    }
    <dl class="facts">
      ${fact('Phase', isOver ? '' : phaseWords[phase])}
      ${fact('Place in the queue', place === null ? '' : String(place))}
      ${fact('Took', isOver ? `${secondsUsed} s` : '')} ${fact('Used', isOver ? '' : `${secondsUsed} s`)}
      ${fact('Left', secondsLeft === null ? '' : `${secondsLeft} s`)}
      ${fact('Tokens so far', isOver ? '' : String(tokens))} ${fact('Accepted', moment(view.acceptedAt))}
      ${fact('Cost', money(usage.costUsd))} ${fact('Model calls', String(usage.modelCalls))}
    </dl>
    <div class="actions">
      <a class="button" href="${temporalUrl}">Run in Temporal</a>
      ${
        isOver
          ? null
          : html`<form method="post" action="${address(id)}/cancel">
              <button type="submit">Cancel the request</button>
            </form>`
      }
    </div>
  </section>`;
}

/** The layers from the inside out, by their names in a cut. */
const layers: readonly { readonly layer: ToolLayer; readonly limit: keyof ToolLimits; readonly title: string }[] = [
  { layer: 'queue', limit: 'queueSeconds', title: 'Queue: the wait for a worker' },
  { layer: 'provider', limit: 'providerSeconds', title: 'Provider: one attempt' },
  { layer: 'tool', limit: 'toolSeconds', title: 'Tool: its own turn' },
  { layer: 'expert', limit: 'expertSeconds', title: 'Expert: from the start to its answer' },
  { layer: 'request', limit: 'requestSeconds', title: 'Request: everything' },
];

function limitsCard({ view, row }: ToolRequestPageData): Html {
  return html`<section class="card" id="limits">
    <h2>Limits</h2>
    <ul class="plain">
      ${layers.map(({ layer, limit, title }) => {
        const seconds = row.limits[limit];
        const isCut = view.cut !== null && isLimit(view.cut) && view.cut.layer === layer;
        return html`<li class="row">
          <span>${title}</span> <b>${seconds === null ? 'no limit' : `${seconds} s`}</b>
          ${isCut ? html`<span class="pill bad">ended here</span>` : null}
        </li>`;
      })}
    </ul>
  </section>`;
}

function asked({ row, files }: ToolRequestPageData): Html {
  return html`<section class="card" id="asked">
    <h2>Asked</h2>
    ${pre('What was asked', inputText(row.input))}
    ${
      files.length === 0
        ? null
        : html`<h3>Files of the conversation</h3>
            <ul class="plain">
              ${files.slice(0, shownFiles).map(({ name, bytes }) => html`<li>${name} <span class="soft">${size(bytes)}</span></li>`)}
            </ul>`
    }
    ${files.length > shownFiles ? html`<p class="soft">and ${files.length - shownFiles} more</p>` : null}
  </section>`;
}

function answers({ row, answer }: ToolRequestPageData): Html {
  if (answer === null && row.expertAnswer === null) return html`<section id="answers" hidden></section>`;
  return html`<section class="card" id="answers">
    <h2>Answer</h2>
    ${answer === null ? null : pre('Answer of the tool', answer)} ${answeredBy(row.answeredBy)}
    ${
      row.expertAnswer === null
        ? null
        : html`<h3>Expert${row.isExpertReused ? ' (judged the same work before; not called again)' : ''}</h3>
            ${pre('Answer of the expert', row.expertAnswer)} ${answeredBy(row.expertAnsweredBy)}`
    }
  </section>`;
}

function answeredBy(by: AnsweredBy | null): Html | null {
  if (by === null) return null;
  const place = by.replaces === null ? '' : ` in place of ${by.replaces}, which could not be asked`;
  return html`<p class="soft">Answered by ${by.model}${place}</p>`;
}

function conversationCard({ row, conversation }: ToolRequestPageData): Html {
  if (conversation.length < 2) return html`<section id="conversation" hidden></section>`;
  return html`<section class="card" id="conversation">
    <h2>Conversation</h2>
    <ol class="plain">
      ${conversation.map(
        ({ id, tool, turn, state, outcome }) =>
          html`<li class="row">
            ${pill(outcome ?? state)} <span class="soft">${turn}.</span>
            ${id === row.id ? html`<b aria-current="page">${tool}</b>` : html`<a href="${address(id)}">${tool}</a>`}
          </li>`,
      )}
    </ol>
  </section>`;
}

/** Text of callers and models: escaped, bounded, and scrolled by keyboard too. */
function pre(label: string, text: string): Html {
  return html`<pre class="words" tabindex="0" aria-label="${label}">${shown(text)}</pre>`;
}

function shown(text: string): string {
  return text.length > shownCharacters ? `${cutText(text, shownCharacters)}… (cut; the API has all of it)` : text;
}

function address(id: string): string {
  return `/tool-requests/${encodeURIComponent(id)}`;
}
