/** PSNR and SSIM by frame, as two small charts. Frames without any error have no finite PSNR and lie at the top edge. */
import { html } from 'hono/html';
import { counted } from '../../../../../workflows/contract/counted.ts';
import type { Html } from '../../layout.ts';
import { decibels, similarity } from '../metric-words.ts';
import type { FrameMetrics } from '../round/round-content.ts';
import { linearAxis, type Axis } from '../../plots/axes.ts';
import { percent } from '../../plots/grid.ts';

interface Chart {
  readonly title: string;
  readonly summary: string;
  /** By frame; null lies at the top. */
  readonly values: readonly (number | null)[];
  readonly axis: Axis;
}

export function frameCharts(frames: readonly FrameMetrics[]): Html {
  if (frames.length === 0) return html``;
  const psnr = frames.map(({ psnrDb }) => psnrDb);
  const finite = psnr.filter((value) => value !== null);
  const exact = frames.length - finite.length;
  const ssim = frames.map((frame) => frame.ssim);
  const notes = [
    finite.length === 0 ? '' : range(finite, decibels),
    exact === 0 ? '' : `${counted(exact, 'frame')} without any error, at the top`,
  ];
  const psnrChart = {
    title: 'PSNR, dB',
    summary: notes.filter((note) => note !== '').join('; '),
    values: psnr,
    axis: linearAxis(finite, { without: [20, 50], leastSpan: 4 }),
  };
  const ssimChart = {
    title: 'SSIM',
    summary: range(ssim, similarity),
    values: ssim,
    axis: linearAxis(ssim, { without: [0, 1], leastSpan: 0.02, most: 1 }),
  };
  return html`<h3>By frame</h3>
    <div class="charts">${chart(psnrChart)} ${chart(ssimChart)}</div>`;
}

function range(values: readonly number[], words: (value: number) => string): string {
  const [least, most] = [words(Math.min(...values)), words(Math.max(...values))];
  return least === most ? least : `${least} to ${most}`;
}

function chart({ title, summary, values, axis }: Chart): Html {
  const last = values.length - 1;
  const at = (index: number): number => (last === 0 ? 0.5 : index / last);
  return html`<figure class="plot">
    <figcaption>${title}: ${summary}</figcaption>
    <div class="axes small">
      <svg role="img" aria-label="${title} by frame: ${summary}">
        <g class="grid">
          ${axis.ticks.map(
            (tick) =>
              html`<line x1="0" x2="100%" y1="${percent(1 - tick.at)}" y2="${percent(1 - tick.at)}" /><text
                  x="-8"
                  y="${percent(1 - tick.at)}"
                  dy="4"
                  text-anchor="end"
                  >${tick.label}</text
                >`,
          )}
          <text x="${percent(at(0))}" y="100%" dy="18" text-anchor="middle">0</text>
          ${last === 0 ? null : html`<text x="100%" y="100%" dy="18" text-anchor="end">frame ${last}</text>`}
        </g>
        <svg width="100%" height="100%" viewBox="0 0 1000 1000" preserveAspectRatio="none" overflow="visible">
          <path class="curve" d="${curve(values, at, axis)}" />
          <path class="exact" d="${exactMarks(values, at)}" />
        </svg>
      </svg>
    </div>
  </figure>`;
}

/** A line through neighbouring values; a value without neighbours is a point. */
function curve(values: readonly (number | null)[], at: (index: number) => number, axis: Axis): string {
  const steps = values.map((value, index) => {
    if (value === null) return '';
    const isFirst = (values[index - 1] ?? null) === null;
    return `${isFirst ? 'M' : 'L'}${thousandths(at(index))} ${thousandths(1 - axis.place(value))}${isFirst ? 'h0' : ''}`;
  });
  return steps.join('');
}

function exactMarks(values: readonly (number | null)[], at: (index: number) => number): string {
  return values.map((value, index) => (value === null ? `M${thousandths(at(index))} 0h0` : '')).join('');
}

function thousandths(share: number): string {
  return (share * 1000).toFixed(1);
}
