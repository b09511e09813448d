/** A failure in plain words: what happened, the message with its line, and what can be done. */
import { html } from 'hono/html';
import type { ExperimentFailure } from '../../../../workflows/contract/experiments/experiment.ts';
import type { Html } from '../layout.ts';
import { phaseTitles } from './experiment-words.ts';
import { failureWords } from './failure-words.ts';
import { boundedText } from './foreign-text.ts';

const longestMessage = 1000;

interface AlertOptions {
  /** Whether the line is marked in the code on the page. */
  readonly isLineShown: boolean;
  /** Of an experiment that has its result all the same. */
  readonly isMild?: boolean;
}

export function failureAlert(failure: ExperimentFailure, { isLineShown, isMild = false }: AlertOptions): Html {
  const { phase, type, message, line } = failure;
  const { what, advice } = failureWords[type];
  const place = line === null ? null : html`, <a href="#line-${line}">line ${line}</a>`;
  const words = line === null ? null : html`, line ${line}`;
  return html`<div class="${type === 'cancelled' || isMild ? 'note' : 'alert'} failure">
    <p><b>${what}</b> (${phaseTitles[phase].toLowerCase()}${isLineShown ? place : words})</p>
    <p class="message">${boundedText(message, longestMessage)}</p>
    <p>${advice}</p>
  </div>`;
}
