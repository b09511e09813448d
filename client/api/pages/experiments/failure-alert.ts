/** A failure in plain words: what happened, the message with its line, and what can be done. */
import { html } from 'hono/html';
import type { ExperimentFailure } from '../../../../workflows/contract/experiments/experiment.ts';
import type { Html } from '../layout.ts';
import { phaseTitles } from './experiment-words.ts';
import { failureWords } from './failure-words.ts';
import { boundedText } from './foreign-text.ts';

const longestMessage = 1000;

/** `isLineShown`: whether the line is marked in the code on the page. */
export function failureAlert(failure: ExperimentFailure, isLineShown: boolean): Html {
  const { phase, type, message, line } = failure;
  const { what, advice } = failureWords[type];
  const place = line === null ? null : html`, <a href="#line-${line}">line ${line}</a>`;
  const words = line === null ? null : html`, line ${line}`;
  return html`<div class="${type === 'cancelled' ? 'note' : 'alert'} failure">
    <p><b>${what}</b> (${phaseTitles[phase].toLowerCase()}${isLineShown ? place : words})</p>
    <p class="message">${boundedText(message, longestMessage)}</p>
    <p>${advice}</p>
  </div>`;
}
