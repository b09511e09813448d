/** The parts of a turn on the job page and in the replay: the screenshot, what was said and done, the cost. */
import { html } from 'hono/html';
import type {
  ComputerRun,
  ComputerTurn,
  TurnAction,
} from '../../../../workflows/contract/computer-use/computer-turn.ts';
import type { Html } from '../layout.ts';
import { turnOverlay } from './turn-overlay.ts';
import { duration, money } from '../format.ts';

interface PictureOptions {
  /** The turn is still under way. */
  readonly open: boolean;
  /** Loaded only when it becomes visible. */
  readonly lazy?: boolean;
}

/**
 * The screenshot with the actions drawn on it; `source` is an address, or the picture itself as a `data:` URL; null
 * when it is gone.
 */
export function turnPicture(
  turn: ComputerTurn,
  { display }: ComputerRun,
  source: string | null,
  options: PictureOptions,
): Html {
  if (source === null) return html`<p class="stage gone">This picture is no longer kept.</p>`;
  const { width, height } = display;
  const { open, lazy = false } = options;
  return html`<div class="stage">
    <img
      src="${source}"
      width="${width}"
      height="${height}"
      alt="The screen in turn ${turn.iteration}, on ${turn.url}"
      ${lazy ? html`loading="lazy"` : null}
      decoding="async"
    />${turnOverlay(turn, display, open)}
  </div>`;
}

/** What the model said and did, and other events. `open` is a turn that is still under way. */
export function turnStory(turn: ComputerTurn, open: boolean): Html {
  return html`<div class="story">
    ${
      turn.answeredAt === null
        ? html`<p class="soft">
            ${open ? 'The model is looking at the screen …' : 'The run broke off before the answer.'}
          </p>`
        : null
    }
    ${turn.text === '' ? null : html`<blockquote class="answer-text">${readable(turn.text)}</blockquote>`}
    ${
      turn.actions.length === 0
        ? null
        : html`<ol class="deeds">
            ${turn.actions.map((action) => deed(action, open))}
          </ol>`
    }
    ${
      turn.notes.length === 0
        ? null
        : html`<ul class="remarks" aria-label="Notes">
            ${turn.notes.map((note) => html`<li>${note}</li>`)}
          </ul>`
    }
  </div>`;
}

/** Structured output is one line of JSON. */
function readable(text: string): string {
  if (!text.startsWith('{')) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function deed(action: TurnAction, open: boolean): Html {
  const typed = action.type === 'type' || action.type === 'keypress' ? action.text : null;
  const said = action.type === 'type' ? 'type' : action.type === 'keypress' ? 'press' : action.described;
  const outcome = describeOutcome(action, open);
  return html`<li class="${action.outcome}">
    <span>${said}${typed === null ? null : html` <kbd>${typed}</kbd>`}</span>
    ${outcome === '' ? null : html`<span class="outcome">${outcome}</span>`}
    ${action.problem === null ? null : html`<span class="problem">${action.problem}</span>`}
  </li>`;
}

/** Empty for an action that simply ran. */
function describeOutcome({ outcome }: TurnAction, open: boolean): string {
  switch (outcome) {
    case 'done':
      return '';
    case 'uncertain':
      return open ? 'under way' : 'uncertain: it may have happened';
    case 'not_run':
      return open ? 'next' : 'not run';
    case 'refused':
      return 'refused';
    case 'problem':
      return 'could not be done';
  }
}

/** The share of its budget that the run has used up to this turn. */
export function budgetBars(turn: ComputerTurn, { budget }: ComputerRun): Html {
  const seconds = turn.activeMilliseconds / 1000;
  return html`<dl class="bars">
    ${bar('Turns', turn.iteration, budget.iterations, `${turn.iteration} of ${budget.iterations}`)}
    ${bar('Active time', seconds, budget.seconds, `${duration(turn.activeMilliseconds)} of ${duration(budget.seconds * 1000)}`)}
    ${
      budget.usd === null
        ? html`<div>
            <dt>Cost</dt>
            <dd>${money(turn.spentUsd)} <span class="soft">no limit</span></dd>
          </div>`
        : bar('Cost', turn.spentUsd, budget.usd, `${money(turn.spentUsd)} of ${money(budget.usd)}`)
    }
  </dl>`;
}

/** From here on the bar shows a warning, at the same share as the run itself. */
const warningShare = 0.8;

function bar(name: string, used: number, allowed: number, text: string): Html {
  return html`<div>
    <dt>${name}</dt>
    <dd>
      ${text}
      <meter
        min="0"
        max="${allowed}"
        high="${allowed * warningShare}"
        value="${Math.min(used, allowed)}"
        aria-label="${name}"
      >
        ${text}
      </meter>
    </dd>
  </div>`;
}
