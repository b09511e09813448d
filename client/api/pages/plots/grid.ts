/** The grid of a plot. Places are in per cent and sizes in pixels, so that text stays legible at any width. */
import { html } from 'hono/html';
import type { Html } from '../layout.ts';
import type { Tick } from './axes.ts';

/** A share as a place within a picture. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(2)}%`;
}

/** The lines and labels of two axes; places from the left and from the top, between 0 and 1. */
export function grid(across: readonly Tick[], down: readonly Tick[]): Html {
  return html`<g class="grid"
    >${across.map(
      ({ at, label }) =>
        html`<line x1="${percent(at)}" x2="${percent(at)}" y1="0" y2="100%" /><text
            x="${percent(at)}"
            y="100%"
            dy="18"
            text-anchor="middle"
            class="across"
            >${label}</text
          >`,
    )}${down.map(
      ({ at, label }) =>
        html`<line x1="0" x2="100%" y1="${percent(at)}" y2="${percent(at)}" /><text
            x="-8"
            y="${percent(at)}"
            dy="4"
            text-anchor="end"
            >${label}</text
          >`,
    )}<line class="edge" x1="0" x2="100%" y1="100%" y2="100%" /><line class="edge" x1="0" x2="0" y1="0" y2="100%"
  /></g>`;
}
