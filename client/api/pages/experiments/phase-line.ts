/** The phases of an experiment as a line, from making the video to storing; with how far the one under way is, and its limits. */
import { html } from 'hono/html';
import { counted } from '../../../../workflows/contract/counted.ts';
import {
  experimentPhases,
  isExperimentEnd,
  type ExperimentPhase,
} from '../../../../workflows/contract/experiments/experiment.ts';
import { ownMemoryBytes, type ExperimentLimits } from '../../../../workflows/contract/experiments/limits.ts';
import type { ExperimentView } from '../../../../workflows/contract/experiments/view.ts';
import { size } from '../format.ts';
import type { Html } from '../layout.ts';
import { phaseTitles } from './experiment-words.ts';
import { age, seconds } from './metric-words.ts';

type Reached = 'done' | 'now' | 'next' | 'failed' | 'skipped';

const reachedWords: Readonly<Record<Reached, string>> = {
  done: 'done',
  now: 'under way',
  next: 'to come',
  failed: 'ended here',
  skipped: 'not reached',
};

const limitOf: Readonly<Record<ExperimentPhase, keyof ExperimentLimits>> = {
  dispatch: 'dispatchSeconds',
  write: 'writeSeconds',
  encode: 'encodeSeconds',
  decode: 'decodeSeconds',
  score: 'scoreSeconds',
  store: 'storeSeconds',
};

export function phaseCard(view: ExperimentView, now: Date): Html {
  const phases = experimentPhases.filter((phase) => phase !== 'write' || view.spec.goal !== undefined);
  const round =
    view.state === 'processing' && view.rounds > 1 && view.round > 0 ? `: round ${view.round} of ${view.rounds}` : '';
  return html`<section class="card" id="phases">
    <h2>Phases${round}</h2>
    <ol class="phases">
      ${phases.map((phase) => {
        const reached = reachedBy(view, phase);
        return html`<li class="${reached}" ${reached === 'now' ? html`aria-current="step"` : null}>
          <b>${phaseTitles[phase]}</b> <span>${reachedWords[reached]}</span>
        </li>`;
      })}
    </ol>
    ${progress(view, now)}
  </section>`;
}

/** The end of a failed experiment is stored as well. */
function reachedBy({ state, phase, failure }: ExperimentView, asked: ExperimentPhase): Reached {
  const place = experimentPhases.indexOf(asked);
  if (isExperimentEnd(state)) {
    if (state === 'completed' || failure === null || asked === 'store') return 'done';
    const end = experimentPhases.indexOf(failure.phase);
    return place === end ? 'failed' : place < end ? 'done' : 'skipped';
  }
  const current = phase === null ? -1 : experimentPhases.indexOf(phase);
  return place === current ? 'now' : place < current ? 'done' : 'next';
}

function progress(view: ExperimentView, now: Date): Html | null {
  const { limits } = view;
  if (view.state === 'created') {
    const before = view.waitingBefore ?? 0;
    return html`<p class="soft">
      It waits for a worker${before === 0 ? '' : `, after ${counted(before, 'other')}`}. A busy worker takes it later;
      after ${hours(limits.waitSeconds)} it ends.
    </p>`;
  }
  const { phase } = view;
  if (view.state !== 'processing' || phase === null) return null;
  if (view.progress === null) return html`<p class="soft">The phase has just begun, or waits for a worker.</p>`;
  const { at, phaseSeconds, memoryBytes, processorSeconds } = view.progress;
  const most = limits[limitOf[phase]];
  const mostMemory = phase === 'encode' || phase === 'decode' ? limits.memoryBytes : ownMemoryBytes;
  return html`<dl class="bars">
      ${bar('Time', phaseSeconds, most, `${seconds(phaseSeconds)} of ${most} s`)}
      ${memoryBytes === 0 ? null : bar('Memory', memoryBytes, mostMemory, `${size(memoryBytes)} of ${size(mostMemory)}`)}
    </dl>
    <p class="soft">
      Processor time: ${seconds(processorSeconds)}. Last heartbeat: <time datetime="${at}">${age(at, now)}</time>.
    </p>`;
}

/** From here on the bar shows a warning. */
const warningShare = 0.8;

function bar(name: string, used: number, most: number, words: string): Html {
  return html`<div>
    <dt>${name}</dt>
    <dd>
      ${words}
      <meter min="0" max="${most}" high="${most * warningShare}" value="${Math.min(used, most)}" aria-label="${name}">
        ${words}
      </meter>
    </dd>
  </div>`;
}

function hours(waitSeconds: number): string {
  return waitSeconds < 3600 ? `${waitSeconds} s` : `${Math.round((waitSeconds / 3600) * 10) / 10} h`;
}
