/** The code of a round with its line numbers, and its error at the line that it belongs to. Hostile text: escaped and bounded. */
import { html } from 'hono/html';
import type { ExperimentFailure } from '../../../../../workflows/contract/experiments/experiment.ts';
import type { Html } from '../../layout.ts';
import { boundedText, codeLines } from '../foreign-text.ts';

/** The page shows this much; the file has all of it. */
const mostLines = 400;
const mostCharactersOfLine = 300;
const mostCharactersOfMessage = 2000;

interface CodeOptions {
  readonly label: string;
  /** Of the file. */
  readonly address: string;
  readonly failure: ExperimentFailure | null;
}

export function codeView(code: string, { label, address, failure }: CodeOptions): Html {
  const lines = codeLines(code);
  const wrong = failure?.line ?? null;
  const first = firstShown(lines.length, wrong);
  const shown = lines.slice(first, first + mostLines);
  return html`<div class="code" tabindex="0" role="region" aria-label="${label}">
      <ol start="${first + 1}" style="counter-reset: line ${first}">
        ${shown.map((line, index) => {
          const number = first + index + 1;
          return number === wrong && failure !== null ? wrongLine(line, number, failure) : codeLine(line);
        })}
      </ol>
    </div>
    ${
      shown.length === lines.length
        ? null
        : html`<p class="soft">
            Lines ${first + 1} to ${first + shown.length} of ${lines.length}; <a href="${address}">the file</a> has all.
          </p>`
    }`;
}

/** The index of the first line that is shown: that with the error is among them. */
function firstShown(count: number, wrong: number | null): number {
  if (wrong === null || wrong <= mostLines) return 0;
  return Math.max(0, Math.min(wrong - mostLines / 2, count - mostLines));
}

function codeLine(line: string): Html {
  return html`<li><code>${boundedText(line, mostCharactersOfLine)}</code></li>`;
}

function wrongLine(line: string, number: number, { message }: ExperimentFailure): Html {
  const problem = html`<span class="problem">${boundedText(message, mostCharactersOfMessage)}</span>`;
  return html`<li class="wrong" id="line-${number}">
    <code>${boundedText(line, mostCharactersOfLine)}</code>${problem}
  </li>`;
}
