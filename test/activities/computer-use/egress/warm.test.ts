/** A browser that waits for its session: nothing that runs in it reaches the network before the session's policy is set. */
import { chromium as playwright } from 'playwright-core';
import { expect, it, onTestFinished, vi } from 'vitest';
import { createPlaywrightComputerFactory } from '../../../../activities/computer-use/playwright/open-browser.ts';
import { prepareBrowser } from '../../../../activities/computer-use/playwright/prepared-browser.ts';
import { onlyLiterals } from '../../http/only-literals.ts';
import { onSite } from '../../../support/computer-use/browser-hosts.ts';
import { chromium, noSignal } from '../../../support/computer-use/chromium-computer.ts';
import { countingServer } from '../../../support/http/counting-server.ts';

const display = { width: 800, height: 600 };
const limits = { navigationMilliseconds: 10_000, actionMilliseconds: 5_000 };

/** A prepared browser, and the context with the tab that it waits with. */
async function warmBrowser() {
  const launch = vi.spyOn(playwright, 'launchPersistentContext');
  const prepared = await prepareBrowser(chromium, display);
  onTestFinished(() => prepared.close());
  const own = await launch.mock.results[0]?.value;
  launch.mockRestore();
  const { context, tab } = await prepared.contextOf(display, null);
  if (tab === undefined) throw new Error('it has no tab');
  return { prepared, context, tab, own };
}

it('L05: a warm browser has no way out: no page, fetch, frame, WebSocket or beacon of any of its contexts arrives', async () => {
  const site = await countingServer();
  const { prepared, tab, own } = await warmBrowser();
  const host = site.origin.slice('http://'.length);
  await tab.evaluate(`(async () => {
    const image = new Image();
    const socket = new WebSocket('ws://${host}/socket');
    const frame = document.createElement('iframe');
    frame.src = '${site.origin}/frame';
    document.body.append(frame);
    navigator.sendBeacon('${site.origin}/beacon', 'x');
    await Promise.allSettled([
      fetch('${site.origin}/fetch', { mode: 'no-cors' }),
      new Promise((resolve) => (socket.onopen = socket.onerror = resolve)),
      new Promise((resolve) => {
        image.onload = image.onerror = resolve;
        image.src = '${site.origin}/image';
      }),
    ]);
  })()`);
  await expect(tab.goto(site.origin)).rejects.toThrow('net::');
  // The guard is of the whole browser; past it, the proxy refuses as well.
  const other = await own.browser().newContext();
  await expect((await other.newPage()).goto(`${site.origin}/other`)).rejects.toThrow('net::');
  const through = await fetch(prepared.proxy.url).then(({ status }) => status);
  expect([through, site.connections]).toEqual([403, 0]);
});

it('L05: what a warm browser is given is the session’s own: its pages load, what it lists not is refused and reported', async () => {
  const other = await countingServer();
  const page = `<!doctype html><img src="${other.origin}/picture">`;
  const site = await countingServer((response) => response.writeHead(200, { 'content-type': 'text/html' }).end(page));
  const denied: string[] = [];
  const ahead = prepareBrowser(chromium, { width: 300, height: 200 });
  const factory = createPlaywrightComputerFactory(chromium, limits, onlyLiterals, ahead);
  const settings = onSite(site.origin, ({ target }) => denied.push(target));
  // Its tab had another size: the session's pages have the session's.
  const computer = await factory.open(settings, null, noSignal);
  onTestFinished(() => computer.close());
  const { bytes } = await computer.screenshot(noSignal);
  const picture = Buffer.from(bytes);
  expect([picture.readUInt32BE(16), picture.readUInt32BE(20)]).toEqual([800, 600]);
  expect(computer.url()).toBe(`${site.origin}/`);
  await expect.poll(() => denied).toEqual([other.origin]);
  expect(other.connections).toBe(0);
});
