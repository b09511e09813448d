/** Runs as points over time, by how long they took: each leads to its run. */
import { html } from 'hono/html';
import { counted } from '../../../../workflows/contract/counted.ts';
import { pageOf } from '../../../../workflows/contract/insights/findings.ts';
import type { Run, RunOutcome } from '../../../../workflows/contract/runs/run.ts';
import { duration, humanize, moment } from '../format.ts';
import type { Html } from '../layout.ts';
import { logAxis, timeAxis } from '../plots/axes.ts';
import { grid, percent } from '../plots/grid.ts';
import type { Window } from './insights-query.ts';

const marks: Readonly<Record<RunOutcome, 'good' | 'bad' | 'still'>> = {
  succeeded: 'good',
  partial: 'still',
  failed: 'bad',
  timed_out: 'bad',
  cancelled: 'still',
};

/** Shorter runs lie at the bottom. */
const leastSeconds = 0.01;

export function runPlot(runs: readonly Run[], { fromMs, toMs }: Window): Html {
  if (runs.length === 0) return html`<p class="soft">No run has ended in this window.</p>`;
  const secondsOf = ({ queuedMs, endedMs }: Run): number => Math.max(leastSeconds, (endedMs - queuedMs) / 1000);
  const x = timeAxis(fromMs, toMs);
  const y = logAxis(runs.map(secondsOf));
  const ticks = y.ticks.map(({ at, label }) => ({ at: 1 - at, label }));
  return html`<figure class="plot">
    <figcaption>
      ${counted(runs.length, 'run')}, the newest of each part of the window
      <span class="legend"
        ><span class="key good">succeeded</span> <span class="key bad">failed or timed out</span>
        <span class="key still">other</span></span
      >
    </figcaption>
    <div class="axes">
      <svg role="img" aria-label="Duration of runs over time. The newest runs are in the list below">
        ${grid(x.ticks, ticks)}
        <text class="unit" x="-54" y="-12">Seconds (logarithmic)</text>
        ${runs.map((run) => point(run, x.place(run.endedMs), 1 - y.place(secondsOf(run))))}
      </svg>
    </div>
  </figure>`;
}

/** Failed runs are diamonds, so that they are told apart without colour. */
function point(run: Run, x: number, y: number): Html {
  const tone = marks[run.outcome];
  const shape = tone === 'bad' ? html`<path d="M0 -6L6 0L0 6L-6 0Z" />` : html`<circle r="4" />`;
  return html`<svg x="${percent(x)}" y="${percent(y)}" overflow="visible">
    <a href="${pageOf(run)}" tabindex="-1" class="run ${tone}">
      <title>${titleOf(run)}</title>
      ${shape}
    </a>
  </svg>`;
}

function titleOf({ work, partId, leadMagnet, outcome, queuedMs, endedMs }: Run): string {
  const of = [partId, leadMagnet].filter((part) => part !== null).join(' of ');
  const ended = moment(new Date(endedMs).toISOString());
  return `${humanize(work)}${of === '' ? '' : ` (${of})`}: ${humanize(outcome)} after ${duration(endedMs - queuedMs)}, ${ended}`;
}
