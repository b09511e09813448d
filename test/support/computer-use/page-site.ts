/** A site with a test's own pages. Pages report events to their server, so that a test need not inspect them. */
import { afterAll, beforeAll } from 'vitest';
import type { ServerResponse } from 'node:http';
import { startCountingServer, type CountingServer } from '../http/counting-server.ts';

export interface PageSite {
  /** Without a slash at the end. */
  readonly origin: string;
  /** What pages reported with `tell('…')`, in order, since the last call. */
  reported(): readonly string[];
  requestsOf(path: string): number;
}

type Page = string | ((response: ServerResponse, times: number) => void);

/** The source of `tell`, for pages that a function makes. */
export const reportScript = `<script>const tell = (what) => navigator.sendBeacon('/told?' + encodeURIComponent(what));</script>`;

/** Listens for the tests of a file. A page is its HTML, or answers by itself and learns how often it was asked for. */
export function pageSite(pages: Readonly<Record<string, Page>>): PageSite {
  let server: CountingServer | undefined;
  let read = 0;
  const running = (): CountingServer => {
    if (server === undefined) throw new Error('the site is used before its tests');
    return server;
  };
  const requestsOf = (path: string): number => running().received.filter(({ url }) => url === path).length;
  beforeAll(async () => {
    server = await startCountingServer((response, { url }) => {
      const page = pages[url];
      if (typeof page === 'function') return page(response, requestsOf(url));
      response.writeHead(page === undefined ? 404 : 200, { 'content-type': 'text/html' });
      response.end(`<!doctype html>${reportScript}${page ?? ''}`);
    });
  });
  afterAll(() => server?.close());
  return {
    get origin() {
      return running().origin;
    },
    reported() {
      const reported = running().received.filter(({ url }) => url.startsWith('/told?'));
      const unread = reported.slice(read);
      read = reported.length;
      return unread.map(({ url }) => decodeURIComponent(url.slice('/told?'.length)));
    },
    requestsOf,
  };
}

/** A style for an element that is as large as the window. */
export const everywhere = 'style="position:absolute;inset:0;width:100%;height:100%"';
