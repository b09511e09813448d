/** A computer-use run on the job page: the newest screenshot with its actions, the budget, and the last turns. */
import { html } from 'hono/html';
import type { ComputerTurn } from '../../../../workflows/contract/computer-use/computer-turn.ts';
import type { JobView } from '../../../../workflows/contract/jobs/job-view.ts';
import type { Control } from '../../../../workflows/contract/computer-use/control.ts';
import type { FoundRun } from '../../computer-use/computer-run.ts';
import type { Html } from '../layout.ts';
import { artifactUrl } from '../parts.ts';
import { budgetBars, turnPicture, turnStory } from '../computer-use/turn-parts.ts';

export interface RunData extends Pick<FoundRun, 'job' | 'step' | 'run' | 'live'> {
  /** The newest turns, in order. */
  readonly turns: readonly ComputerTurn[];
  /** Null when nobody ever took over. */
  readonly control: Control | null;
}

/** The number of turns that the job page shows as thumbnails; the replay has all. */
export const thumbnails = 16;

export function runPanel({ job, step, run, live, turns, control }: RunData): Html {
  const newest = turns.at(-1);
  if (newest === undefined) return html``;
  const replay = replayUrl(job.id, step.id);
  return html`<div class="run">
    ${live && control?.state === 'held' ? html`<p class="note">${control.by} controls the browser; the model waits.</p>` : null}
    <div class="scene">
      <a class="screen" href="${replay}#turn-${newest.iteration}" aria-label="Turn ${newest.iteration} in the replay"
        >${turnPicture(newest, run, screenUrl(job, newest), { open: live })}</a
      >
      <div class="beside">
        <p class="where soft">${live ? html`<span class="live">live</span> ` : null}${newest.url}</p>
        ${turnStory(newest, live)} ${budgetBars(newest, run)}
      </div>
    </div>
    <ol class="strip" aria-label="The way here, newest first">
      ${turns.toReversed().map((turn) => thumbnail(job, replay, turn))}
    </ol>
    <p class="actions">
      ${live ? html`<a class="button" href="${controlUrl(job.id, step.id)}">Take over</a>` : null}
      <a class="button" href="${replay}">Replay</a>
      <a class="button" href="${replay}.html" download>Save as one file</a>
    </p>
  </div>`;
}

function thumbnail(job: JobView, replay: string, turn: ComputerTurn): Html {
  const source = screenUrl(job, turn);
  return html`<li
    class="${turn.actions.some(({ outcome }) => outcome === 'problem' || outcome === 'refused') ? 'odd' : ''}"
  >
    <a href="${replay}#turn-${turn.iteration}" aria-label="Turn ${turn.iteration}">
      ${source === null ? null : html`<img src="${source}" alt="" loading="lazy" decoding="async" />`}
      <span>${turn.iteration}</span>
    </a>
  </li>`;
}

/** Null when the picture is no longer kept. */
export function screenUrl(job: JobView, { screenshot }: ComputerTurn): string | null {
  const isRemoved = job.artifacts.some(
    ({ name, removedAfterDays }) => removedAfterDays !== null && name === screenshot.name,
  );
  return isRemoved ? null : artifactUrl(job.id, screenshot.name, screenshot.sha256);
}

function controlUrl(jobId: string, stepId: string): string {
  return `/jobs/${jobId}/steps/${encodeURIComponent(stepId)}/control`;
}

export function replayUrl(jobId: string, stepId: string): string {
  return `/jobs/${jobId}/steps/${encodeURIComponent(stepId)}/replay`;
}
