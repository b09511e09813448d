/** Drawings of the sample site: inline SVG, so that the site needs no other host and no image files. */
import { html } from 'hono/html';
import type { Markup } from './layout.ts';

const outlines = {
  clock: html`<circle cx="12" cy="12" r="9" /><path d="M12 7v5l3.5 2" />`,
  shield: html`<path d="M12 3l7 3v5c0 5-3 8.5-7 10-4-1.5-7-5-7-10V6z" /><path d="M9 12l2.2 2.2L15.5 10" />`,
  leaf: html`<path d="M5 19c0-9 5-14 15-14 0 10-5 15-13 14" /><path d="M5 19c3-5 6-7 9-8" />`,
  wrench: html`<path d="M15 4a5 5 0 0 0-4.6 6.9L4 17.3 6.7 20l6.4-6.4A5 5 0 0 0 20 9l-3 2-3-1-1-3z" />`,
  bolt: html`<path d="M13 2L5 13h6l-1 9 8-12h-6z" />`,
  wheel: html`<circle cx="12" cy="12" r="9" /><circle cx="12" cy="12" r="1.5" /><path
      d="M12 3v18M3 12h18M5.6 5.6l12.8 12.8M18.4 5.6L5.6 18.4"
    />`,
  box: html`<path d="M4 8h9v8H4z" /><path d="M13 11h4l3 3v2h-7" /><circle cx="8" cy="18" r="2" /><circle
      cx="17"
      cy="18"
      r="2"
    />`,
};

export type IconName = keyof typeof outlines;

export function icon(name: IconName): Markup {
  return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">${outlines[name]}</svg>`;
}

/** The hero: a bicycle under northern lights. */
export function bicycle(): Markup {
  return html`<svg class="bicycle" viewBox="0 0 460 300" role="img" aria-label="A bicycle under northern lights">
    <defs>
      <linearGradient id="aurora" x1="0" y1="0" x2="1" y2="1">
        <stop offset="0" stop-color="#2fbf93" stop-opacity="0.85" />
        <stop offset="0.6" stop-color="#4aa8d8" stop-opacity="0.45" />
        <stop offset="1" stop-color="#8d7be0" stop-opacity="0" />
      </linearGradient>
    </defs>
    <g class="aurora">
      <path d="M0 90C70 20 130 120 200 60S330 10 460 70V0H0z" fill="url(#aurora)" opacity="0.8" />
      <path
        d="M0 150C90 70 160 170 250 100s140-40 210 10V40C380 0 320 60 240 80S90 60 0 110z"
        fill="url(#aurora)"
        opacity="0.5"
      />
    </g>
    <g fill="none" stroke="#f4fbf9" stroke-width="7" stroke-linecap="round" stroke-linejoin="round">
      <circle cx="120" cy="215" r="66" />
      <circle cx="340" cy="215" r="66" />
      <path d="M120 215l70-105h110l-75 105zM190 110l35 105M300 110l40 105" />
      <path d="M172 84h42M190 110l-8-26" />
      <path d="M300 110l-9-34h34c12 0 12 20 0 20" stroke="#f2b441" />
    </g>
    <g fill="#f2b441">
      <circle cx="225" cy="215" r="13" />
      <circle cx="120" cy="215" r="7" />
      <circle cx="340" cy="215" r="7" />
    </g>
    <path d="M20 284h420" stroke="#f4fbf9" stroke-opacity="0.35" stroke-width="4" stroke-linecap="round" />
  </svg>`;
}
