/** The layout of every page. */
import { html } from 'hono/html';

export type Html = ReturnType<typeof html>;

interface PageOptions {
  /** For visitors: without the navigation to the operator's pages. */
  readonly plain?: boolean;
  /** For pictures, which may be wider than text. */
  readonly wide?: boolean;
  /** For a frame on another site: without the page's margins and background. */
  readonly framed?: boolean;
}

export function page(title: string, body: Html, options: PageOptions = {}): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <link rel="stylesheet" href="/assets/style.css" />
        <link rel="icon" href="data:," />
      </head>
      <body class="${classOf(options)}">
        ${options.plain === true ? null : bar}
        <main>${body}</main>
      </body>
    </html>`;
}

function classOf({ wide, framed }: PageOptions): string {
  if (framed === true) return 'framed';
  return wide === true ? 'wide' : '';
}

const bar = html`<header class="bar">
  <a class="brand" href="/">Lodestone</a>
  <nav aria-label="Main">
    <a href="/">Jobs</a> <a href="/batches">Batches</a> <a href="/deliveries">Deliveries</a>
    <a href="/tool-requests">Tools</a> <a href="/experiments">Experiments</a> <a href="/insights">Insights</a>
    <a href="/platform">Platform</a>
    <a href="/limits">Limits</a>
    <a href="/reference">API</a>
  </nav>
</header>`;

/** A page with its own status and headers. */
export async function answerPage(
  content: Html,
  status: number,
  headers: Readonly<Record<string, string>>,
): Promise<Response> {
  const type = { 'content-type': 'text/html; charset=utf-8' };
  return new Response(String(await content), { status, headers: { ...type, ...headers } });
}
