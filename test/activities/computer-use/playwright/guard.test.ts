/** Under `load: public` a page may load from anywhere, but no tab may go there: not even the first request leaves. */
import type { ComputerAction } from '../../../../activities/computer-use/actions.ts';
import { expect, it, onTestFinished } from 'vitest';
import { noSignal, openChromium } from '../../../support/computer-use/chromium-computer.ts';
import { countingServer } from '../../../support/http/counting-server.ts';

const click: ComputerAction = { type: 'click', x: 50, y: 50, button: 'left', keys: [] };

const secure = (origin: string): string => origin.replace('http:', 'https:');

/** A site whose start page holds one way to go to `other`, and whose /redirect, /post and /meta lead there as well. */
async function siteWith(way: (other: string) => string) {
  const other = await countingServer((response) =>
    response.writeHead(200, { 'content-type': 'text/html' }).end('<title>other</title>'),
  );
  const site = await countingServer((response, { url }) => {
    if (url.startsWith('/redirect')) return response.writeHead(307, { location: `${other.origin}/there` }).end();
    if (url === '/twice') return response.writeHead(302, { location: '/redirect' }).end();
    const body =
      url === '/meta' ? `<meta http-equiv="refresh" content="0;url=${other.origin}/there">` : way(other.origin);
    response.writeHead(200, { 'content-type': 'text/html' }).end(`<!doctype html><style>
      .way { position: fixed; inset: 0; width: 100%; height: 100%; display: block }</style>${body}`);
  });
  return { other, site };
}

const ways: readonly (readonly [string, (other: string) => string])[] = [
  ['a link', (other) => `<a class="way" href="${other}/there">go</a>`],
  ['a link by TLS', (other) => `<a class="way" href="${secure(other)}/there">go</a>`],
  ['a link that is redirected', () => '<a class="way" href="/redirect">go</a>'],
  ['a link that is redirected twice', () => '<a class="way" href="/twice">go</a>'],
  ['a link to a page that moves on', () => '<a class="way" href="/meta">go</a>'],
  ['a form', (other) => `<form method="post" action="${other}/there"><button class="way">go</button></form>`],
  ['a form that is redirected', () => '<form method="post" action="/redirect"><button class="way">go</button></form>'],
  ['a script', (other) => `<button class="way" onclick="location = '${other}/there'">go</button>`],
  [
    'a frame that breaks out',
    () => `<iframe class="way" srcdoc="<a target=_top href=/redirect
    style='position:fixed;inset:0'>go</a>"></iframe>`,
  ],
  ['a new tab', (other) => `<a class="way" target="_blank" href="${other}/there">go</a>`],
  ['a new tab that is redirected', () => '<a class="way" target="_blank" href="/redirect">go</a>'],
  ['a pop-up', (other) => `<button class="way" onclick="window.open('${other}/there')">go</button>`],
  ['a pop-up that is redirected', () => `<button class="way" onclick="window.open('/redirect')">go</button>`],
  [
    'a pop-up that nobody owns',
    () => `<button class="way" onclick="window.open('/redirect', '', 'noopener')">go</button>`,
  ],
  [
    'a pop-up that is sent on',
    (other) => `<button class="way" onclick="window.open('about:blank').location = '${other}/there'">go</button>`,
  ],
];

it.each(ways)('%s to an origin that is not listed stays in the browser, and is reported', async (_way, page) => {
  const { other, site } = await siteWith(page);
  const allowPrivateOrigins = [other.origin, secure(other.origin)];
  const { computer, denied } = await openChromium({ startUrl: site.origin, allowPrivateOrigins });
  await computer.perform(click, noSignal);
  const notes: string[] = [];
  const reported = (): string => {
    notes.push(...computer.takeNotes());
    return notes.join(' ');
  };
  await expect.poll(reported, { timeout: 10_000 }).toContain('/there was refused');
  expect(denied).toHaveLength(1);
  // A pop-up that was opened for nothing else is gone.
  await expect.poll(() => computer.url(), { timeout: 10_000 }).toMatch(new RegExp(`^${site.origin}/(?:meta)?$`));
  await computer.close();
  expect(other.connections).toBe(0);
});

it('what a page loads from there does leave, also in a frame of its own', async () => {
  const { other, site } = await siteWith((origin) => `<iframe src="${origin}/frame"></iframe><img src="/redirect">`);
  const { computer, denied } = await openChromium({ startUrl: site.origin, allowPrivateOrigins: [other.origin] });
  onTestFinished(() => computer.close());
  expect(denied).toEqual([]);
  expect(other.received.map(({ url }) => url).toSorted()).toEqual(['/frame', '/there']);
});

it('a start page that leads off the list is not followed', async () => {
  const { other, site } = await siteWith(() => '');
  const startUrl = `${site.origin}/redirect`;
  const { computer } = await openChromium({ startUrl, allowPrivateOrigins: [other.origin] });
  expect(computer.takeNotes().join(' ')).toContain('/there was refused');
  expect(other.connections).toBe(0);
});

const plainWays = ways.filter(([name]) => !name.includes('TLS'));

it.each(plainWays)('%s to a listed origin is followed, so that what is above can fail', async (_way, page) => {
  const { other, site } = await siteWith(page);
  const { computer } = await openChromium({ startUrl: site.origin, navigate: [site.origin, other.origin] });
  await computer.perform(click, noSignal);
  await expect.poll(() => computer.url(), { timeout: 10_000 }).toBe(`${other.origin}/there`);
});
