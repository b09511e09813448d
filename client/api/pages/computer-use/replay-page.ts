/**
 * The replay of a computer-use run: all its turns in order, readable without a script. With the script they become a
 * player that shows one turn at a time. Exported files have the same parts.
 */
import { html } from 'hono/html';
import type { ComputerRun, ComputerTurn } from '../../../../workflows/contract/computer-use/computer-turn.ts';
import type { FoundRun } from '../../computer-use/computer-run.ts';
import { page, type Html } from '../layout.ts';
import { fact, pill } from '../parts.ts';
import { replayUrl, screenUrl } from '../jobs/run-panel.ts';
import { budgetBars, turnPicture, turnStory } from './turn-parts.ts';
import { duration, moment, money, humanize } from '../format.ts';

/** `cursor` is the newest event when the turns were read: a live page continues from it. */
export function replayPage(found: FoundRun, turns: readonly ComputerTurn[], cursor: number): Html {
  const { job, step, live } = found;
  const replay = replayUrl(job.id, step.id);
  return page(
    `${step.title}: replay`,
    html`<link rel="stylesheet" href="/assets/run.css" />
      <p class="soft trail">
        <a href="/">Jobs</a> / <a href="/jobs/${job.id}">${job.leadMagnet.name}</a> / ${step.title}
      </p>
      ${replayHead(found)}
      ${
        turns.length === 0 && !live
          ? html`<p class="note">${step.title} has no turns to show.</p>`
          : html`<div
              id="player"
              data-job="${job.id}"
              data-step="${step.id}"
              data-live="${String(live)}"
              data-cursor="${cursor}"
            >
              ${playerControls}
              <div id="turns">${replayTurns(found, turns)}</div>
            </div>`
      }
      <p class="actions">
        <a class="button" href="${replay}.html" download>Save as one file</a>
        <a class="button" href="/jobs/${job.id}">To the job</a>
      </p>
      <script src="/assets/replay.js" defer></script>
      ${live ? html`<script src="/assets/replay-live.js" defer></script>` : null}`,
    { wide: true },
  );
}

/** Turns of a run, the last of which may still be under way. */
export function replayTurns({ job, run, live }: FoundRun, turns: readonly ComputerTurn[]): Html {
  return html`${turns.map((turn, index) =>
    replayTurn(turn, run, screenUrl(job, turn), live && index === turns.length - 1),
  )}`;
}

/** The run's job and step, and how it ended. */
export function replayHead({ job, step, live }: FoundRun): Html {
  const browser = step.recoveryLevel === null || step.recoveryLevel === 'fresh' ? '' : step.recoveryLevel;
  return html`<section class="head">
    <h1>${step.title} ${pill(step.state)}</h1>
    ${step.reason === null ? null : html`<p class="alert">${step.reason.message}</p>`}
    ${live ? html`<p class="note" id="live">This run is still going: new turns appear by themselves.</p>` : null}
    <dl class="facts">
      ${fact('Job', job.leadMagnet.name)} ${fact('Started', moment(step.startedAt))}
      ${fact('Took', duration(step.durationMilliseconds))} ${fact('Cost', money(step.usage.costUsd))}
      ${fact('Attempts', step.attempts > 1 ? String(step.attempts) : '')} ${fact('Browser', browser)}
    </dl>
  </section>`;
}

/** `source` is the picture's address or the picture itself; null when it is gone. */
export function replayTurn(turn: ComputerTurn, run: ComputerRun, source: string | null, open: boolean): Html {
  const tokens = `${turn.inputTokens} in (${turn.cachedInputTokens} cached), ${turn.outputTokens} out`;
  const resumed = turn.attempt > 1 ? `attempt ${turn.attempt}, browser ${humanize(turn.recoveryLevel)}` : '';
  const odd = turn.actions.some(({ outcome }) => outcome !== 'done') && !open;
  const { iteration, sequence, attempt } = turn;
  return html`<article
    class="turn"
    id="turn-${iteration}"
    data-sequence="${sequence}"
    data-attempt="${attempt}"
    data-odd="${String(odd)}"
  >
    ${turnPicture(turn, run, source, { open, lazy: true })}
    <div class="beside">
      <h2>Turn ${iteration} ${resumed === '' ? null : html`<span class="pill busy">${resumed}</span>`}</h2>
      <p class="where soft">${turn.url}</p>
      ${turnStory(turn, open)} ${budgetBars(turn, run)}
      <details>
        <summary>Particulars</summary>
        <dl class="particulars">
          ${fact('Looked', moment(turn.lookedAt))} ${fact('Answered', moment(turn.answeredAt))}
          ${fact('This turn', turn.responseId === null ? '' : money(turn.costUsd))}
          ${fact('Tokens', turn.responseId === null ? '' : tokens)} ${fact('Response', turn.responseId ?? '')}
        </dl>
      </details>
    </div>
  </article>`;
}

function icon(path: string): Html {
  return html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d="${path}" /></svg>`;
}

/** Controls that the script shows and operates. */
export const playerControls = html`<div class="controls" role="group" aria-label="Replay" hidden>
  <button type="button" data-do="previous" aria-label="Previous turn">${icon('M3 2h2v12H3zM14 2v12L6 8z')}</button>
  <button type="button" data-do="play" data-playing="false" aria-label="Play" class="go">
    ${icon('M4 1l11 7-11 7z')}${icon('M3 2h4v12H3zM9 2h4v12H9z')}
  </button>
  <button type="button" data-do="next" aria-label="Next turn">${icon('M2 2l8 6-8 6zM11 2h2v12h-2z')}</button>
  <span class="slider">
    <input type="range" id="position" min="1" max="1" step="1" value="1" aria-label="Turn" />
    <span class="ticks" aria-hidden="true"></span>
  </span>
  <output for="position"></output>
  <label class="speed"
    ><span class="unseen">Speed</span
    ><select>
      <option value="0.5">0.5 ×</option>
      <option value="1" selected>1 ×</option>
      <option value="2">2 ×</option>
      <option value="4">4 ×</option>
    </select></label
  >
  <p class="unseen" role="status"></p>
</div>`;
