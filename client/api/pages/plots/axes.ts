/** The axes of plots: where a value lies between the ends of an axis, and where ticks are. Pure. */
import { scaleLinear, scaleLog, scaleUtc } from 'd3-scale';

export interface Tick {
  readonly at: number;
  readonly label: string;
}

export interface Axis {
  /** Between 0, the beginning of the axis, and 1, its end. */
  readonly place: (value: number) => number;
  readonly ticks: readonly Tick[];
}

interface LinearOptions {
  /** Shown when there are no values. */
  readonly without: readonly [number, number];
  /** Values that are closer together are shown within this span. */
  readonly leastSpan: number;
  /** No value is above it. */
  readonly most?: number;
  /** No value is below it. */
  readonly least?: number;
}

/** From the end of an axis to the nearest value, in shares of the values' span. */
const margin = 0.08;
const tickCount = 5;

export function linearAxis(values: readonly number[], { without, leastSpan, most, least }: LinearOptions): Axis {
  const [smallest, greatest] = values.length === 0 ? without : [Math.min(...values), Math.max(...values)];
  const missing = Math.max(0, leastSpan - (greatest - smallest));
  const room = (greatest - smallest + missing) * margin + missing / 2;
  const scale = scaleLinear([smallest - room, greatest + room], [0, 1]).nice(tickCount);
  const [from = 0, to = 1] = scale.domain();
  scale.domain([Math.max(from, least ?? from), Math.min(to, most ?? to)]);
  const format = scale.tickFormat(tickCount);
  return { place: (value) => rounded(scale(value)), ticks: scale.ticks(tickCount).map(tickOf(scale, format)) };
}

/** The least ratio between the ends of a logarithmic axis: below it there are too few ticks. */
const leastRatio = 6;
const mostLabels = 8;

/** Of values above 0. */
export function logAxis(values: readonly number[]): Axis {
  const [least, greatest] = values.length === 0 ? [0.1, 10] : [Math.min(...values), Math.max(...values)];
  const missing = Math.max(1, leastRatio / (greatest / least));
  const room = (greatest / least) ** margin * Math.sqrt(missing) * 1.1;
  const scale = scaleLog([least / room, greatest * room], [0, 1]);
  return { place: (value) => rounded(scale(value)), ticks: sparse(scale.ticks()).map(tickOf(scale, String)) };
}

/** Those that begin with 1, 2 or 5; powers of ten alone, or only some of them, where those would be too many. */
function sparse(ticks: readonly number[]): readonly number[] {
  const few = ticks.filter((tick) => [1, 2, 5].includes(firstDigit(tick)));
  if (few.length <= mostLabels) return few;
  const powers = few.filter((tick) => firstDigit(tick) === 1);
  const every = Math.ceil(powers.length / mostLabels);
  return powers.filter((_, index) => index % every === 0);
}

function firstDigit(value: number): number {
  return Number(value.toExponential(0).charAt(0));
}

function tickOf(scale: (value: number) => number, format: (value: number) => string): (value: number) => Tick {
  return (value) => ({ at: rounded(scale(value)), label: format(value) });
}

function rounded(share: number): number {
  return Math.round(share * 10_000) / 10_000;
}

/** Of moments: milliseconds since the epoch, shown in UTC. */
export function timeAxis(fromMs: number, toMs: number): Axis {
  const scale = scaleUtc([fromMs, toMs], [0, 1]);
  const format = scale.tickFormat();
  return {
    place: (value) => rounded(Math.min(1, Math.max(0, scale(value)))),
    ticks: scale.ticks(tickCount).map((tick) => ({ at: rounded(scale(tick)), label: format(tick) })),
  };
}
