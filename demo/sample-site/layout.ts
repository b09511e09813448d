/** What the pages of the sample site share: head, navigation, cookie banner, footer. */
import { html } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';
import { stripScript } from '../state-strip/page-script.ts';
import { business } from './business.ts';

export type Markup = HtmlEscapedString | Promise<HtmlEscapedString>;

export interface Frame {
  /** The page's id in the state strip. */
  readonly page: string;
  readonly title: string;
  /** Whether this visitor has answered the cookie banner. */
  readonly consented: boolean;
  /** Whether the page has the state strip. */
  readonly strip: boolean;
}

const navigation = [
  { page: 'home', path: '/', label: 'Home' },
  { page: 'services', path: '/services', label: 'Services' },
  { page: 'prices', path: '/prices', label: 'Prices' },
  { page: 'about', path: '/about', label: 'About' },
  { page: 'contact', path: '/contact', label: 'Contact' },
];

export function pageWithNavigation(frame: Frame, content: Markup): Markup {
  return document(
    frame,
    html`<header class="top">
        <div class="wide">
          <a class="brand" href="/">${logo()}<span>Nordlicht</span></a>
          <nav aria-label="Main">
            ${navigation.map(
              ({ page, path, label }) =>
                html`<a href="${path}" data-target="nav:${page}" ${page === frame.page ? html`aria-current="page"` : ''}
                  >${label}</a
                >`,
            )}
          </nav>
          <a class="button" href="/book" data-target="book">Book now</a>
        </div>
      </header>
      <main>${content}</main>
      <footer>
        <div class="wide">
          <span>© 2026 ${business.name}</span>
          <span>Made in Hamburg, between two rain showers.</span>
        </div>
      </footer>
      ${frame.consented ? '' : cookieBanner()}`,
  );
}

/** An error page without navigation, as web servers show it. The visitor can only go back. */
export function barePage(frame: Frame, content: Markup): Markup {
  return document(frame, html`<main class="bare">${content}</main>`);
}

function document(frame: Frame, body: Markup): Markup {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${frame.title} · ${business.name}</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="/assets/site.css" />
        <script type="module" src="/assets/cookie-banner.js"></script>
      </head>
      <body data-page="${frame.page}">
        ${body} ${frame.strip ? stripScript : ''}
      </body>
    </html>`;
}

function cookieBanner(): Markup {
  return html`<div class="cookie-banner" data-flag="cookie-banner" role="dialog" aria-modal="true" aria-label="Cookies">
    <div class="cookie-card">
      <h2>Cookies, the other kind</h2>
      <p>
        We use cookies to remember your visit and to count how many people read about bottom brackets. You can change
        your mind at any time.
      </p>
      <div class="cookie-buttons">
        <button type="button" class="button" data-target="cookies" data-consent="all">Accept all</button>
        <button type="button" class="button quiet" data-target="cookies-necessary" data-consent="necessary">
          Only necessary
        </button>
      </div>
    </div>
  </div>`;
}

function logo(): Markup {
  return html`<svg viewBox="0 0 32 32" width="32" height="32" aria-hidden="true">
    <circle cx="16" cy="16" r="14" fill="none" stroke="currentColor" stroke-width="2.5" />
    <path d="M6 20c4-10 7-10 10-4s6 4 10-6" fill="none" stroke="#2fbf93" stroke-width="3" stroke-linecap="round" />
    <circle cx="16" cy="16" r="2" fill="currentColor" />
  </svg>`;
}
