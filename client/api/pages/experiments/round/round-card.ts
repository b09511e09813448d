/** One round of an experiment in detail: its note, figures by frame, frames side by side, its code and its files. */
import { html } from 'hono/html';
import type { ExperimentView, RoundView } from '../../../../../workflows/contract/experiments/view.ts';
import { removalOf } from '../../../experiments/experiment-file-routes.ts';
import { moment, size } from '../../format.ts';
import type { Html } from '../../layout.ts';
import { fact, pill } from '../../parts.ts';
import { failureAlert } from '../failure-alert.ts';
import { boundedText } from '../foreign-text.ts';
import { decibels, megabits, ratio, seconds, similarity } from '../metric-words.ts';
import { frameCharts } from '../plot/frame-charts.ts';
import { codeView } from './code-view.ts';
import { framesView } from './frames-view.ts';
import type { RoundContent } from './round-content.ts';

const longestNote = 4000;

export interface ShownRound {
  readonly round: RoundView;
  readonly content: RoundContent;
}

export function roundCard(view: ExperimentView, shown: ShownRound | null): Html {
  if (shown === null) return html`<section id="round" hidden></section>`;
  const { round, content } = shown;
  const { number, state, note, failure } = round;
  const addressOf = (name: string): string => fileAddress(view.id, number, name);
  const metrics = content.frames !== null && 'value' in content.frames ? content.frames.value : [];
  return html`<section class="card" id="round">
    <h2>Round ${number} ${pill(state)}</h2>
    ${failure === null || view.rounds === 1 ? null : failureAlert(failure, { isLineShown: hasLine(shown) })}
    ${note === null ? null : html`<p class="model-note">${boundedText(note, longestNote)}</p>`} ${facts(round)}
    ${framesView(round, { video: view.video, metrics, addressOf })}
    ${content.frames === null ? null : 'gone' in content.frames ? goneNote(content.frames.gone) : frameCharts(metrics)}
    ${code(view, shown)} ${files(round, addressOf)}
  </section>`;
}

/** Whether the line of the failure is marked on the page. */
export function hasLine({ round: { failure }, content }: ShownRound): boolean {
  return (failure?.line ?? null) !== null && content.code !== null && 'value' in content.code;
}

function facts({ metrics, encoded, decoded, encodedBytes, endedAt }: RoundView): Html {
  return html`<dl class="facts">
    ${metrics === null ? null : html`${fact('PSNR', decibels(metrics.psnrDb))} ${fact('SSIM', similarity(metrics.ssim))}`}
    ${
      metrics === null
        ? null
        : html`${fact('Compression', ratio(metrics.compressionRatio))} ${fact('Bitrate', megabits(metrics.bitrateMbps))}`
    }
    ${fact('Encoded', encodedBytes === null ? '' : size(encodedBytes))}
    ${fact('Encode', encoded === null ? '' : `${seconds(encoded.seconds)}, ${size(encoded.peakBytes)}`)}
    ${fact('Decode', decoded === null ? '' : `${seconds(decoded.seconds)}, ${size(decoded.peakBytes)}`)}
    ${fact('Ended', moment(endedAt))}
  </dl>`;
}

function code({ id }: ExperimentView, { round: { number, failure }, content }: ShownRound): Html | null {
  if (content.code === null) return null;
  return html`<h3>Code</h3>
    ${
      'gone' in content.code
        ? goneNote(content.code.gone)
        : codeView(content.code.value, {
            label: `Code of round ${number}`,
            address: fileAddress(id, number, 'code.py'),
            failure,
          })
    }`;
}

function goneNote(words: string): Html {
  return html`<p class="gone">${words}</p>`;
}

/** The pictures are above; files of more would be of no use as a list. */
const mostFiles = 30;

function files({ files: all }: RoundView, addressOf: (name: string) => string): Html | null {
  const listed = all.filter(({ mediaType }) => mediaType !== 'image/png').slice(0, mostFiles);
  if (listed.length === 0) return null;
  return html`<h3>Files</h3>
    <ul class="files">
      ${listed.map(({ name, bytes, removedAfterDays }) =>
        removedAfterDays === null
          ? html`<li>
              <a href="${addressOf(name)}?download" download>${name}</a> <span class="soft">${size(bytes)}</span>
            </li>`
          : html`<li class="soft">${removalOf(name, removedAfterDays)}</li>`,
      )}
    </ul>`;
}

function fileAddress(id: string, number: number, name: string): string {
  return `/v1/experiments/${encodeURIComponent(id)}/rounds/${number}/files/${encodeURIComponent(name)}`;
}
