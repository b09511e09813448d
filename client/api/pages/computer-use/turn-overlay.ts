/**
 * Draws the actions of a turn on its screenshot. Positions are in per cent and sizes in pixels, so that marks are
 * placed correctly and stay legible at any width. The text beside the picture says the same, so the drawing is hidden
 * from screen readers.
 */
import { html } from 'hono/html';
import type {
  ComputerRun,
  ComputerTurn,
  TurnAction,
} from '../../../../workflows/contract/computer-use/computer-turn.ts';
import type { Html } from '../layout.ts';
import { cutText } from '../../../../workflows/contract/cut-text.ts';

type Display = ComputerRun['display'];
type Point = TurnAction['points'][number];

/** Pixels between two labels at the same place. */
const labelHeight = 24;
const longestLabel = 36;

/** `open` is a turn that is still under way: its uncertain action is the one being performed. */
export function turnOverlay({ actions }: ComputerTurn, display: Display, open: boolean): Html {
  if (actions.length === 0) return html``;
  // Typed text is drawn at the last position of the pointer; without one, at the bottom of the picture.
  let place: Point = { x: display.width / 2, y: display.height * 0.9 };
  const lines = new Map<string, number>();
  const marks: Html[] = [];
  for (const [index, action] of actions.entries()) {
    place = action.points.at(-1) ?? place;
    const number = actions.length > 1 ? `${index + 1}` : '';
    const output = labelOf(action);
    const key = `${place.x},${place.y}`;
    const line = lines.get(key) ?? 0;
    if (output !== '') lines.set(key, line + 1);
    const description =
      output === '' ? badge(number, action, display) : label(`${number} ${output}`.trim(), place, line, display);
    marks.push(
      html`<g class="mark ${action.outcome}">${path(action, display)} ${sign(action, display)} ${description}</g>`,
    );
  }
  return html`<svg class="overlay ${open ? 'open' : ''}" aria-hidden="true">${marks}</svg>`;
}

function percent(value: number, whole: number): string {
  return `${((value / whole) * 100).toFixed(2)}%`;
}

/** A drawing in pixels around a point of the screen. */
function at(point: Point, display: Display, content: Html): Html {
  const [x, y] = [percent(point.x, display.width), percent(point.y, display.height)];
  return html`<svg x="${x}" y="${y}" overflow="visible">${content}</svg>`;
}

function path({ points }: TurnAction, display: Display): Html {
  const [x, y] = [
    (point: Point) => percent(point.x, display.width),
    (point: Point) => percent(point.y, display.height),
  ];
  const pairs = points.slice(1).map((to, index) => ({ from: points[index] ?? to, to }));
  const lines = ['halo', 'ink'].map((kind) =>
    pairs.map(
      ({ from, to }) => html`<line class="${kind}" x1="${x(from)}" y1="${y(from)}" x2="${x(to)}" y2="${y(to)}" />`,
    ),
  );
  const last = pairs.at(-1);
  return html`${lines}${last === undefined ? null : at(last.to, display, arrowHead(direction(last.from, last.to)))}`;
}

/** The angle from one point to another, in degrees, clockwise from the right. */
function direction(from: Point, to: Point): number {
  return Math.round((Math.atan2(to.y - from.y, to.x - from.x) * 180) / Math.PI);
}

function arrowHead(angle: number): Html {
  return html`<path class="head" d="M3 0L-13 -8V8Z" transform="rotate(${angle})" />`;
}

function sign(action: TurnAction, display: Display): Html {
  const [point] = action.points;
  if (point === undefined) return html``;
  const { type, scroll } = action;
  if (scroll !== null) return at(point, display, scrollArrow(direction({ x: 0, y: 0 }, scroll)));
  if (type === 'move') return at(point, display, html`${ring(9)}`);
  const rings = type === 'double_click' ? [10, 17] : type === 'drag' ? [8] : [14];
  return at(point, display, html`${rings.map(ring)}<circle class="dot" r="3.5" />`);
}

function ring(radius: number): Html {
  return html`<circle class="halo" r="${radius}" /><circle class="ink" r="${radius}" />`;
}

function scrollArrow(angle: number): Html {
  return html`<g transform="rotate(${angle})">
    <path class="halo" d="M-26 0H18" />
    <path class="ink" d="M-26 0H18" />
    <path class="head" d="M30 0L14 -9V9Z" />
  </g>`;
}

/** The number of an action whose mark needs no text. */
function badge(number: string, { points: [point] }: TurnAction, display: Display): Html {
  return number === '' || point === undefined ? html`` : at(point, display, plate(number, 12, -14, 'start'));
}

function label(text: string, place: Point, line: number, display: Display): Html {
  // Placed towards the middle of the picture, so that it stays inside.
  const above = place.y / display.height > 0.82;
  const y = above ? -32 - line * labelHeight : 36 + line * labelHeight;
  const side = place.x / display.width > 0.55 ? plate(text, 14, y, 'end') : plate(text, -14, y, 'start');
  return at(place, display, side);
}

/** Text on a background, with an estimated width that the text is fitted to. */
function plate(text: string, x: number, y: number, anchor: 'start' | 'end'): Html {
  // Characters other than Latin, Greek and Cyrillic ones are mostly as wide as high.
  const wide = text.match(/[\u{3000}-\u{10ffff}]/gu)?.length ?? 0;
  const width = Math.round((text.length - wide) * 7.4 + wide * 12);
  const left = anchor === 'start' ? x : x - width - 12;
  return html`<rect x="${left}" y="${y - 14}" width="${width + 12}" height="20" rx="5" />
    <text x="${left + 6}" y="${y}" textLength="${width}" lengthAdjust="spacingAndGlyphs">${text}</text>`;
}

/** Empty for a plain click, which needs only its ring. */
function labelOf({ type, text, scroll, described }: TurnAction): string {
  if (type === 'type') return `“${shortened(text ?? '')}”`;
  if (type === 'keypress') return `⌨ ${shortened(text ?? '')}`;
  if (type === 'wait' || type === 'screenshot') return '';
  const held = text === null ? '' : `${text}+`;
  if (scroll !== null) return `${held}scroll ${arrowOf(scroll)}`;
  const plain = type === 'click' && described.startsWith('click') && held === '';
  return plain ? '' : `${held}${shortened(described.replace(/ (?:at|to|over) .*/, ''))}`;
}

function arrowOf({ x, y }: Point): string {
  const parts = [
    y === 0 ? '' : `${y > 0 ? '↓' : '↑'} ${Math.abs(y)}`,
    x === 0 ? '' : `${x > 0 ? '→' : '←'} ${Math.abs(x)}`,
  ];
  return parts.filter((part) => part !== '').join(' ');
}

function shortened(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length <= longestLabel ? line : `${cutText(line, longestLabel - 1)}…`;
}
