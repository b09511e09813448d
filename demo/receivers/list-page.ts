/** The layout of the demo's small pages that list arrivals. They reload at intervals, so that one can watch the demo. */
import { html } from 'hono/html';
import type { Markup } from '../sample-site/layout.ts';

export interface ListPage {
  readonly title: string;
  readonly lead: string;
  readonly content: Markup;
  /** Whether the page reloads every few seconds. */
  readonly live: boolean;
}

export function listPage({ title, lead, content, live }: ListPage): Markup {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        ${live ? html`<meta http-equiv="refresh" content="3" />` : ''}
        <title>${title}</title>
        <link rel="icon" href="data:," />
        <style>
          :root {
            font-family: system-ui, 'Liberation Sans', sans-serif;
            line-height: 1.5;
            color: #10242f;
            background: #f1f7f6;
          }
          body {
            width: min(60rem, 100% - 2rem);
            margin: 2.5rem auto;
          }
          h1 {
            margin: 0;
            line-height: 1.2;
          }
          .soft {
            color: #55707c;
            margin: 0;
          }
          .item {
            display: block;
            margin-top: 1rem;
            padding: 1.1rem 1.4rem;
            border: 1px solid #dbe7e6;
            border-radius: 0.9rem;
            background: #fff;
            color: inherit;
            text-decoration: none;
            overflow-wrap: anywhere;
          }
          a.item:hover,
          a.item:focus-visible {
            border-color: #137a5b;
          }
          .row {
            display: flex;
            flex-wrap: wrap;
            justify-content: space-between;
            gap: 0.25rem 1rem;
          }
          .tag {
            padding: 0 0.6rem;
            border-radius: 1rem;
            background: #dcf5ea;
            color: #0b5a41;
          }
          .tag.bad {
            background: #fde6e2;
            color: #8c2413;
          }
          pre {
            white-space: pre-wrap;
            margin: 0.6rem 0 0;
          }
          iframe {
            width: 100%;
            height: 30rem;
            border: 0;
          }
        </style>
      </head>
      <body>
        <h1>${title}</h1>
        <p class="soft">${lead}</p>
        ${content}
      </body>
    </html>`;
}
