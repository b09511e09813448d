/** The rounds of an experiment: their figures in a table, and the rate–distortion plot with front and best. */
import { html } from 'hono/html';
import type { ExperimentView, RoundView } from '../../../../../workflows/contract/experiments/view.ts';
import { shortenText } from '../../../../../workflows/contract/cut-text.ts';
import { size } from '../../format.ts';
import type { Html } from '../../layout.ts';
import { pill } from '../../parts.ts';
import { metricCells, numberCell } from '../metric-cells.ts';
import { visibleText } from '../foreign-text.ts';
import { seconds } from '../metric-words.ts';
import { rateDistortionPlot, type RatedPoint } from '../plot/rate-distortion.ts';

const longestWords = 90;

/** `shown` is the number of the round whose details are on the page. */
export function roundsCard(view: ExperimentView, shown: number | null): Html {
  const { roundsMade, rounds } = view;
  const hasScore = roundsMade.some(({ metrics }) => metrics !== null);
  // The figures of an only round are in its details.
  if (roundsMade.length === 0 || (rounds === 1 && !hasScore)) return html`<section id="rounds" hidden></section>`;
  return html`<section class="card" id="rounds">
    <h2>${rounds === 1 ? 'Quality and size' : 'Rounds'}</h2>
    ${plot(view)} ${rounds === 1 ? null : table(view, shown)}
  </section>`;
}

function plot(view: ExperimentView): Html {
  const title = 'Each round; the line joins those that no other round beats in both';
  return rateDistortionPlot(ratedPoints(view), {
    title: view.rounds === 1 ? 'Its only round' : title,
    noun: 'round',
    wantedPsnrDb: view.spec.psnrDb,
    joinsFront: true,
  });
}

function table({ id, roundsMade }: ExperimentView, shown: number | null): Html {
  return html`<div class="sheet" tabindex="0" role="region" aria-label="Rounds">
    <table class="figures stacking">
      <thead>
        <tr>
          <th scope="col">Round</th>
          <th scope="col" class="number">PSNR</th>
          <th scope="col" class="number">SSIM</th>
          <th scope="col" class="number">Ratio</th>
          <th scope="col" class="number">Bitrate</th>
          <th scope="col" class="number">Encode</th>
          <th scope="col" class="number">Decode</th>
          <th scope="col" class="number">Memory</th>
        </tr>
      </thead>
      <tbody>
        ${roundsMade.map((round) => row(id, round, round.number === shown))}
      </tbody>
    </table>
  </div>`;
}

export function roundAddress(id: string, number: number): string {
  return `/experiments/${encodeURIComponent(id)}?round=${number}#round`;
}

function row(id: string, round: RoundView, isShown: boolean): Html {
  const { number, state, metrics, encoded, decoded, failure, note } = round;
  const words = failure?.message ?? note ?? '';
  const peak = Math.max(encoded?.peakBytes ?? 0, decoded?.peakBytes ?? 0);
  return html`<tr class="${isShown ? 'shown' : ''}">
    <th scope="row">
      <a href="${roundAddress(id, number)}" ${isShown ? html`aria-current="true"` : null}>Round ${number}</a>
      ${pill(state)} ${mark(round)}
      ${words === '' ? null : html`<span class="soft details">${visibleText(shortenText(words, longestWords))}</span>`}
    </th>
    ${metricCells(metrics)} ${numberCell('Encode', encoded === null ? '' : seconds(encoded.seconds))}
    ${numberCell('Decode', decoded === null ? '' : seconds(decoded.seconds))}
    ${numberCell('Memory', peak === 0 ? '' : size(peak))}
  </tr>`;
}

function mark({ isBest, isOnFront }: RoundView): Html | null {
  if (isBest) return html`<span class="pill best">best</span>`;
  return isOnFront ? html`<span class="pill">front</span>` : null;
}

function ratedPoints({ id, roundsMade }: ExperimentView): readonly RatedPoint[] {
  return roundsMade.flatMap(({ number, metrics, isBest, isOnFront }) =>
    metrics === null
      ? []
      : [
          {
            label: isBest ? `${number}, best` : String(number),
            href: roundAddress(id, number),
            bitrateMbps: metrics.bitrateMbps,
            psnrDb: metrics.psnrDb,
            mark: isBest ? 'best' : isOnFront ? 'front' : 'other',
          },
        ],
  );
}
