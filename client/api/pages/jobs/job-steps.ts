/** The steps of a job: the state of each, and the browser's screen under a computer-use step. */
import { html } from 'hono/html';
import type { JobView, StepView } from '../../../../workflows/contract/jobs/job-view.ts';
import { codeLogName, outputName, stepToolRequestId } from '../../../../workflows/contract/names.ts';
import type { Html } from '../layout.ts';
import { pill } from '../parts.ts';
import { runPanel, type RunData } from './run-panel.ts';
import { duration, money, tone, humanize } from '../format.ts';

/** `runs` has the computer-use steps that have begun, by the step's id. */
export function jobSteps(job: JobView, runs: ReadonlyMap<string, RunData>): Html {
  return html`<section class="card" id="steps">
    <h2>Steps</h2>
    <ol class="steps">
      ${job.steps.map((step) => stepRow(job, step, runs.get(step.id)))}
    </ol>
  </section>`;
}

/** The partial result of a step that ended without success. */
function partialResult(job: JobView, step: StepView): Html | null {
  const ended = step.state === 'failed' || step.state === 'timed_out';
  return ended ? fileLink(job, outputName(step.id), 'Partial result') : null;
}

/** What the code of a step has printed, as far as it printed anything. */
function codeLog(job: JobView, step: StepView): Html | null {
  return step.kind === 'code' ? fileLink(job, codeLogName(step.id), 'What the code printed') : null;
}

/** Null when the job has no such file, or no longer. */
function fileLink(job: JobView, name: string, text: string): Html | null {
  if (!job.artifacts.some((artifact) => artifact.name === name && artifact.removedAfterDays === null)) return null;
  return html`<p><a href="/v1/jobs/${job.id}/artifacts/${encodeURIComponent(name)}">${text}</a></p>`;
}

/** The page of the request that a tool step has made. */
function toolRequestLink(job: JobView, step: StepView): Html | null {
  if (step.kind !== 'tool' || step.startedAt === null) return null;
  const id = stepToolRequestId(job.id, step.id, 1);
  return html`<p><a href="/tool-requests/${encodeURIComponent(id)}">Tool request</a></p>`;
}

function stepRow(job: JobView, step: StepView, run: RunData | undefined): Html {
  const details = [
    step.attempts > 1 ? `${step.attempts} attempts` : '',
    step.iterations > 0 ? `${step.iterations} iterations` : '',
    step.recoveryLevel === 'restored' || step.recoveryLevel === 'restarted' || step.recoveryLevel === 'reattached'
      ? `browser ${step.recoveryLevel}`
      : '',
    duration(step.durationMilliseconds),
    step.usage.costUsd > 0 ? money(step.usage.costUsd) : '',
  ].filter((text) => text !== '');
  return html`<li class="step ${tone(step.state)}">
    <div class="row">
      <h3>${step.title}</h3>
      ${pill(step.state)}
      <span class="soft">${[humanize(step.kind), ...details].join(' · ')}</span>
    </div>
    ${step.note === null ? null : html`<p class="soft">${step.note}</p>`}
    ${step.reason === null ? null : html`<p class="problem">${step.reason.message}</p>`} ${partialResult(job, step)}
    ${codeLog(job, step)} ${toolRequestLink(job, step)} ${run === undefined ? null : runPanel(run)}
  </li>`;
}
