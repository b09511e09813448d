/**
 * The rate–distortion plot: quality over bitrate. Places are in per cent and sizes in pixels, so that text and points stay
 * legible at any width. Lossless videos have no finite PSNR; they lie in a band of their own at the top.
 */
import { html } from 'hono/html';
import { counted } from '../../../../../workflows/contract/counted.ts';
import type { Html } from '../../layout.ts';
import { decibels, megabits } from '../metric-words.ts';
import { linearAxis, logAxis, type Axis } from '../../plots/axes.ts';
import { grid, percent } from '../../plots/grid.ts';
import { labelSides, type LabelSide } from './labels.ts';

export interface RatedPoint {
  /** Short: it stands beside the point. */
  readonly label: string;
  readonly href: string;
  readonly bitrateMbps: number;
  /** Null: infinite. */
  readonly psnrDb: number | null;
  /** `front`: none is better in both. The best is on the front as well. */
  readonly mark: 'best' | 'front' | 'other';
}

interface PlotOptions {
  readonly title: string;
  /** What the points are, such as `round`. */
  readonly noun: string;
  /** Drawn as a line. */
  readonly wantedPsnrDb?: number;
  /** Whether the points of the front are joined. */
  readonly joinsFront: boolean;
}

interface PlacedPoint extends RatedPoint {
  readonly x: number;
  readonly y: number;
}

/** Where the values begin below the band of lossless videos, as a share of the height. */
const bandEnd = 0.14;
const bandMiddle = 0.07;
/** Pixels from the middle of a point to its label: beyond the ring of the best. */
const labelDistance = 15;
const importance = ['best', 'front', 'other'] as const;

export function rateDistortionPlot(points: readonly RatedPoint[], options: PlotOptions): Html {
  const { title, noun, wantedPsnrDb, joinsFront } = options;
  if (points.length === 0) return html`<p class="soft">The plot begins with the first ${noun} that is scored.</p>`;
  const hasBand = points.some(({ psnrDb }) => psnrDb === null);
  const x = logAxis(points.map(({ bitrateMbps }) => bitrateMbps));
  const wanted = wantedPsnrDb === undefined ? [] : [wantedPsnrDb];
  const y = qualityAxis([...finite(points), ...wanted], hasBand ? bandEnd : 0);
  const placed = points
    .map((point) => ({ ...point, x: x.place(point.bitrateMbps), y: placeOf(point, y) }))
    .toSorted((one, other) => importance.indexOf(one.mark) - importance.indexOf(other.mark));
  const sides = labelSides(placed);
  // The points are links for the mouse alone: the page lists the same links as text, for the keyboard and for screen readers.
  return html`<figure class="plot">
    <figcaption>${title}</figcaption>
    <div class="axes">
      <svg role="img" aria-label="${title}. ${summary(points, noun)}">
        ${grid(x.ticks, y.ticks)} ${hasBand ? band() : null}
        ${wantedPsnrDb === undefined ? null : wantedLine(wantedPsnrDb, y)} ${joinsFront ? frontLine(placed) : null}
        ${placed.map((point, index) => pointMark(point, sides[index] ?? null)).toReversed()}
        <text class="unit" x="-54" y="-12">PSNR, dB</text>
        <text class="unit" x="100%" y="100%" dy="38" text-anchor="end">Bitrate, Mbit/s (logarithmic)</text>
      </svg>
    </div>
  </figure>`;
}

function finite(points: readonly RatedPoint[]): readonly number[] {
  return points.flatMap(({ psnrDb }) => (psnrDb === null ? [] : [psnrDb]));
}

/** From the top of the plot down to its bottom. */
function qualityAxis(values: readonly number[], top: number): Axis {
  const { place, ticks } = linearAxis(values, { without: [20, 50], leastSpan: 6 });
  const down = (share: number): number => top + (1 - share) * (1 - top);
  return { place: (value) => down(place(value)), ticks: ticks.map(({ at, label }) => ({ at: down(at), label })) };
}

function placeOf({ psnrDb }: RatedPoint, y: Axis): number {
  return psnrDb === null ? bandMiddle : y.place(psnrDb);
}

function band(): Html {
  return html`<g class="band"
    ><rect x="0" y="0" width="100%" height="${percent(bandEnd)}" /><text
      x="-8"
      y="${percent(bandMiddle)}"
      dy="4"
      text-anchor="end"
      >lossless</text
    ></g
  >`;
}

function wantedLine(wantedPsnrDb: number, y: Axis): Html {
  const at = percent(y.place(wantedPsnrDb));
  return html`<g class="wanted"
    ><line x1="0" x2="100%" y1="${at}" y2="${at}" /><text x="100%" dx="-8" y="${at}" dy="-5" text-anchor="end"
      >wanted: ${decibels(wantedPsnrDb)}</text
    ></g
  >`;
}

function frontLine(points: readonly PlacedPoint[]): Html {
  const front = points.filter(({ mark }) => mark !== 'other').toSorted((one, other) => one.x - other.x);
  return html`<g class="front-line"
    >${front.slice(1).map((to, index) => {
      const from = front[index] ?? to;
      return html`<line x1="${percent(from.x)}" y1="${percent(from.y)}" x2="${percent(to.x)}" y2="${percent(to.y)}" />`;
    })}</g
  >`;
}

/** A circle, or a diamond for a lossless video; the best has a ring. */
function pointMark({ x, y, label, href, bitrateMbps, psnrDb, mark }: PlacedPoint, side: LabelSide | null): Html {
  const shape = psnrDb === null ? html`<path d="M0 -7L7 0L0 7L-7 0Z" />` : html`<circle r="5" />`;
  const ring = mark === 'best' ? html`<circle class="ring" r="10" />` : null;
  const text =
    side === null
      ? null
      : html`<text
          x="${side === 'right' ? labelDistance : -labelDistance}"
          y="4"
          text-anchor="${side === 'right' ? 'start' : 'end'}"
          >${label}</text
        >`;
  return html`<svg x="${percent(x)}" y="${percent(y)}" overflow="visible">
    <a href="${href}" tabindex="-1" class="point ${mark}">
      <title>${label}: ${megabits(bitrateMbps)}, ${decibels(psnrDb)}</title>
      ${ring}${shape}${text}
    </a>
  </svg>`;
}

/** The plot in a sentence, for those who do not see it. */
function summary(points: readonly RatedPoint[], noun: string): string {
  const bitrates = points.map(({ bitrateMbps }) => bitrateMbps);
  const quality = finite(points);
  const lossless = points.length - quality.length;
  const parts = [
    `${counted(points.length, noun)}, bitrate ${range(bitrates, megabits)}`,
    quality.length === 0 ? '' : `PSNR ${range(quality, decibels)}`,
    lossless === 0 ? '' : `${lossless} lossless`,
  ];
  return `${parts.filter((part) => part !== '').join('; ')}. The figures are in the list below`;
}

function range(values: readonly number[], words: (value: number) => string): string {
  const [least, most] = [words(Math.min(...values)), words(Math.max(...values))];
  return least === most ? least : `from ${least} to ${most}`;
}
