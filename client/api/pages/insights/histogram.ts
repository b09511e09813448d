/** How the durations of runs are distributed: columns, each 1.5 times as long as the one before. */
import { html } from 'hono/html';
import { counted } from '../../../../workflows/contract/counted.ts';
import { quantile, type Distribution } from '../../../../workflows/contract/insights/distribution.ts';
import { duration } from '../format.ts';
import type { Html } from '../layout.ts';
import { linearAxis, logAxis } from '../plots/axes.ts';
import { grid, percent } from '../plots/grid.ts';

const title = 'Computer use: how long its steps take';
const step = 1.5;
const leastMs = 10;

export function histogram(durations: Distribution): Html {
  if (durations.count === 0) {
    return html`<figure class="plot">
      <figcaption>${title}</figcaption>
      <p class="soft">No step with a browser has ended in this window.</p>
    </figure>`;
  }
  const columns = columnsOf(durations);
  const x = logAxis(columns.flatMap(({ fromMs, toMs }) => [fromMs / 1000, toMs / 1000]));
  const y = linearAxis([0, ...columns.map(({ count }) => count)], { without: [0, 1], leastSpan: 1, least: 0 });
  const ticks = y.ticks.map(({ at, label }) => ({ at: 1 - at, label }));
  const figures = `p50 ${duration(quantile(durations, 0.5))}, p95 ${duration(quantile(durations, 0.95))}, at most ${duration(durations.max)}`;
  return html`<figure class="plot">
    <figcaption>${title}: ${figures}</figcaption>
    <div class="axes">
      <svg role="img" aria-label="${title}: ${counted(durations.count, 'run')}, ${figures}">
        ${grid(x.ticks, ticks)}
        <text class="unit" x="-54" y="-12">Runs</text>
        <text class="unit" x="100%" y="100%" dy="38" text-anchor="end">Seconds (logarithmic)</text>
        <g class="series-1 columns">
          ${columns.map(({ fromMs, toMs, count }) => {
            const [left, right] = [x.place(fromMs / 1000), x.place(toMs / 1000)];
            const top = 1 - y.place(count);
            return html`<rect
              x="${percent(left)}"
              y="${percent(top)}"
              width="${percent(Math.max(0, right - left - 0.004))}"
              height="${percent(1 - y.place(0) - top)}"
              ><title>${duration(fromMs)} to ${duration(toMs)}: ${counted(count, 'run')}</title></rect
            >`;
          })}
        </g>
      </svg>
    </div>
  </figure>`;
}

interface Column {
  readonly fromMs: number;
  readonly toMs: number;
  readonly count: number;
}

function columnsOf({ values, counts: times }: Distribution): readonly Column[] {
  const counts = new Map<number, number>();
  for (const [index, value] of values.entries()) {
    const number = Math.floor(Math.log(Math.max(leastMs, value)) / Math.log(step));
    counts.set(number, (counts.get(number) ?? 0) + (times[index] ?? 0));
  }
  return [...counts].map(([number, count]) => ({ fromMs: step ** number, toMs: step ** (number + 1), count }));
}
