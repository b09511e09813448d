/**
 * A chart of values over time, one for each span of a window: curves, or columns for one series of amounts. Each span is a link to
 * what lies behind it.
 */
import { html } from 'hono/html';
import type { Html } from '../layout.ts';
import { linearAxis, timeAxis } from './axes.ts';
import { grid, percent } from './grid.ts';

export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
  readonly href: string;
}

export interface Series {
  readonly name: string;
  /** By span; null where there is nothing. */
  readonly values: readonly (number | null)[];
}

export interface SeriesChart {
  readonly title: string;
  readonly unit: string;
  readonly spans: readonly Span[];
  /** At most three, told apart by colour and by the form of their marks. */
  readonly series: readonly Series[];
  readonly form: 'curves' | 'columns';
  /** A value in words. */
  readonly words: (value: number) => string;
  /** What a share cannot exceed. */
  readonly most?: number;
}

export function seriesChart(chart: SeriesChart): Html {
  const { title, unit, spans, series, form, words, most } = chart;
  const known = series.flatMap(({ values }) => values).filter((value) => value !== null);
  const [first, last] = [spans[0], spans.at(-1)];
  if (known.length === 0 || first === undefined || last === undefined) {
    return html`<figure class="plot">
      <figcaption>${title}</figcaption>
      <p class="soft">No run of this window has a value.</p>
    </figure>`;
  }
  const x = timeAxis(first.fromMs, last.toMs);
  const axis = linearAxis([0, ...known], {
    without: [0, 1],
    leastSpan: 1e-6,
    least: 0,
    ...(most === undefined ? {} : { most }),
  });
  const down = (value: number): number => 1 - axis.place(value);
  const ticks = axis.ticks.map(({ at, label }) => ({ at: 1 - at, label }));
  const middle = ({ fromMs, toMs }: Span): number => x.place((fromMs + toMs) / 2);
  return html`<figure class="plot">
    <figcaption>${title} ${series.length > 1 ? legend(series) : null}</figcaption>
    <div class="axes">
      <svg role="img" aria-label="${title}. ${summary(series, words)}">
        ${grid(x.ticks, ticks)}
        <text class="unit" x="-54" y="-12">${unit}</text>
        ${form === 'columns' ? columns(chart, x.place, down) : curves(chart, middle, down)} ${spanLinks(chart, x.place)}
      </svg>
    </div>
  </figure>`;
}

function legend(series: readonly Series[]): Html {
  return html`<span class="legend"
    >${series.map(({ name }, index) => html`<span class="key series-${index + 1}">${name}</span> `)}</span
  >`;
}

function curves({ series, spans }: SeriesChart, middle: (span: Span) => number, down: (value: number) => number): Html {
  const lines = series.map(({ values }, index) => {
    const points = spans.flatMap((span, place) => {
      const value = values[place] ?? null;
      return value === null ? [] : [{ x: middle(span), y: down(value) }];
    });
    return html`<g class="series-${index + 1}">
      ${points
        .slice(1)
        .map(
          (to, place) =>
            html`<line
              x1="${percent(points[place]?.x ?? 0)}"
              y1="${percent(points[place]?.y ?? 0)}"
              x2="${percent(to.x)}"
              y2="${percent(to.y)}"
            />`,
        )}
      ${points.map(({ x, y }) => mark(x, y, index))}
    </g>`;
  });
  return html`${lines}`;
}

/** A circle, a square or a diamond, so that series are told apart without colour. */
function mark(x: number, y: number, series: number): Html {
  const shapes = [
    html`<circle r="3.5" />`,
    html`<path d="M-3.5 -3.5h7v7h-7Z" />`,
    html`<path d="M0 -5L5 0L0 5L-5 0Z" />`,
  ];
  return html`<svg x="${percent(x)}" y="${percent(y)}" overflow="visible">
    ${shapes[series % shapes.length] ?? null}
  </svg>`;
}

function columns(
  { series: [one], spans }: SeriesChart,
  place: (ms: number) => number,
  down: (value: number) => number,
): Html {
  return html`<g class="series-1 columns">
    ${spans.map(({ fromMs, toMs }, index) => {
      const value = one?.values[index] ?? null;
      if (value === null || value <= 0) return null;
      const [left, right, top, bottom] = [place(fromMs), place(toMs), down(value), down(0)];
      const room = (right - left) * 0.15;
      return html`<rect
        x="${percent(left + room)}"
        y="${percent(top)}"
        width="${percent(right - left - 2 * room)}"
        height="${percent(bottom - top)}"
      />`;
    })}
  </g>`;
}

/** For the mouse alone: the page has the same spans as a list of links, for the keyboard and for screen readers. */
function spanLinks({ series, spans, words }: SeriesChart, place: (ms: number) => number): Html {
  return html`${spans.map((span, index) => {
    const values = series.flatMap(({ name, values: all }) => {
      const value = all[index] ?? null;
      return value === null ? [] : [`${name} ${words(value)}`];
    });
    if (values.length === 0) return null;
    const [left, right] = [place(span.fromMs), place(span.toMs)];
    return html`<a href="${span.href}" tabindex="-1" class="span"
      ><title>${new Date(span.fromMs).toISOString().slice(0, 16).replace('T', ' ')} UTC: ${values.join(', ')}</title
      ><rect x="${percent(left)}" y="0" width="${percent(right - left)}" height="100%"
    /></a>`;
  })}`;
}

function summary(series: readonly Series[], words: (value: number) => string): string {
  return series
    .map(({ name, values }) => {
      const known = values.filter((value) => value !== null);
      return known.length === 0
        ? `${name}: none`
        : `${name}: ${words(Math.min(...known))} to ${words(Math.max(...known))}`;
    })
    .join('; ');
}
