/** The boundary as a real browser meets it: whatever a page tries, nothing forbidden is connected to. */
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { launchChromium } from '../../../../activities/chromium/launch.ts';
import { startEgressProxy, type EgressDenial } from '../../../../activities/computer-use/egress/proxy.ts';
import { onlyLiterals } from '../../http/only-literals.ts';
import { countingServer, type CountingServer } from '../../../support/http/counting-server.ts';
import { chromium, noSignal, openChromium } from '../../../support/computer-use/chromium-computer.ts';

/** A page that tries every known way out, and reports to its own origin when all attempts have ended. */
function attempts(forbidden: CountingServer): string {
  const { origin, port } = forbidden;
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`, `2130706433:${port}`, `[::ffff:127.0.0.1]:${port}`];
  return `<!doctype html><title>tries</title>
    <link rel="prefetch" href="${origin}/prefetch"><link rel="preconnect" href="${origin}">
    <link rel="stylesheet" href="${origin}/style.css"><link rel="icon" href="${origin}/icon">
    <img src="/redirect"><iframe src="${origin}/frame"></iframe><iframe src="/redirect"></iframe>
    <object data="${origin}/object"></object><video src="${origin}/video"></video>
    <a id="ping" href="#here" ping="${origin}/ping">ping</a>
    <script>
      const over = [];
      const ended = (target, ...names) => over.push(new Promise((resolve) => {
        for (const name of names) target.addEventListener(name, resolve);
      }));
      for (const host of ${JSON.stringify(hosts)}) {
        over.push(fetch('http://' + host + '/fetch', { mode: 'no-cors' }).catch(() => 0));
        const image = new Image();
        ended(image, 'load', 'error');
        image.src = 'http://' + host + '/image';
        const socket = new WebSocket('ws://' + host + '/socket');
        ended(socket, 'open', 'error');
      }
      const events = new EventSource('${origin}/events');
      ended(events, 'open', 'error');
      over.push(fetch('/redirect', { mode: 'no-cors' }).catch(() => 0));
      over.push(fetch('${origin}/keepalive', { mode: 'no-cors', keepalive: true, method: 'POST', body: 'x' }).catch(() => 0));
      const worker = new Worker(URL.createObjectURL(new Blob([
        'fetch("${origin}/worker", { mode: "no-cors" }).catch(() => 0).finally(() => postMessage("over"))',
      ])));
      ended(worker, 'message', 'error');
      navigator.sendBeacon('${origin}/beacon', 'x');
      navigator.sendBeacon('/redirect', 'x');
      document.getElementById('ping').click();
      Promise.all(over).then(() => fetch('/over'));
    </script>`;
}

/** Serves the page at /, redirects /redirect to the forbidden server, and records when the page has reported its end. */
async function hostileSite(forbidden: CountingServer) {
  const over = Promise.withResolvers<void>();
  const site = await countingServer((response, { url }) => {
    if (url === '/redirect') return response.writeHead(307, { location: `${forbidden.origin}/redirected` }).end();
    if (url === '/over') over.resolve();
    const body = url === '/' ? attempts(forbidden) : '<!doctype html><title>other</title>';
    response.writeHead(200, { 'content-type': 'text/html' }).end(body);
  });
  return { site, over: over.promise };
}

describe.each(['public', 'listed'] as const)('under the policy `%s`', (load) => {
  it('no fetch, picture, frame, worker, beacon, WebSocket or redirect reaches a forbidden server', async () => {
    const forbidden = await countingServer();
    const { site, over } = await hostileSite(forbidden);
    const { computer, denied } = await openChromium({ startUrl: site.origin, load });
    await over;
    await computer.close();
    expect(forbidden.connections).toBe(0);
    expect(denied.length).toBeGreaterThan(5);
    expect(site.received.map(({ url }) => url)).toContain('/over');
  });

  it('no link, pop-up, form or script takes the tab to a forbidden server', async () => {
    const forbidden = await countingServer();
    const style = 'position:fixed;left:0;width:200px;height:50px';
    const site = await countingServer((response, { url }) => {
      if (url === '/redirect') return response.writeHead(302, { location: `${forbidden.origin}/redirected` }).end();
      response.writeHead(200, { 'content-type': 'text/html' }).end(`<!doctype html><title>links</title>
        <a style="${style};top:0" href="${forbidden.origin}/link">link</a>
        <a style="${style};top:50px" href="/redirect">redirect</a>
        <a style="${style};top:100px" href="${forbidden.origin}/blank" target="_blank">new tab</a>
        <a style="${style};top:150px" href="/redirect" target="_blank">redirected tab</a>
        <button style="${style};top:200px" onclick="open('${forbidden.origin}/popup')">pop-up</button>
        <form method="post" action="${forbidden.origin}/form"><button style="${style};top:250px">send</button></form>
        <button style="${style};top:300px" onclick="location = '${forbidden.origin}/script'">script</button>`);
    });
    for (const y of [25, 75, 125, 175, 225, 275, 325]) {
      const { computer } = await openChromium({ startUrl: site.origin, load });
      await computer.perform({ type: 'click', x: 50, y, button: 'left', keys: [] }, noSignal);
      await computer.screenshot(noSignal);
      await computer.close();
    }
    expect(forbidden.connections).toBe(0);
    expect(site.received.filter(({ url }) => url === '/redirect')).toHaveLength(2);
  });
});

describe.each(['public', 'listed'] as const)('Chromium with nothing but the proxy around it, under `%s`', (load) => {
  it('reaches no forbidden server by redirect, fetch, picture, WebSocket, pop-up or beacon', async () => {
    const forbidden = await countingServer();
    const over = Promise.withResolvers<void>();
    const { origin, port } = forbidden;
    const page = `<!doctype html><img src="${origin}/image"><img src="/redirect"><script>
      const tries = [fetch('${origin}/fetch'), fetch('/redirect'), fetch('http://localhost:${port}/name')];
      const socket = new WebSocket('ws://127.0.0.1:${port}/socket');
      tries.push(new Promise((resolve) => (socket.onopen = socket.onerror = resolve)));
      navigator.sendBeacon('${origin}/beacon', 'x');
      addEventListener('pagehide', () => navigator.sendBeacon('${origin}/last', 'x'));
      Promise.allSettled(tries).then(() => fetch('/over'));</script>`;
    const site = await countingServer((response, { url }) => {
      if (url === '/redirect') return response.writeHead(307, { location: `${origin}/redirected` }).end();
      if (url === '/over') over.resolve();
      response.writeHead(200, { 'content-type': 'text/html' }).end(page);
    });
    const denials: EgressDenial[] = [];
    const proxy = await startEgressProxy({
      policy: { load, navigate: [site.origin], allowPrivateOrigins: [site.origin] },
      onDenied: (denial) => denials.push(denial),
      resolve: onlyLiterals,
    });
    onTestFinished(() => proxy.close());
    const { browser, close } = await launchChromium(chromium, proxy.url);
    onTestFinished(close);
    const tab = await browser.newPage();
    await tab.goto(site.origin);
    await over.promise;
    for (const target of [`${origin}/popup`, '/redirect']) {
      const [popup] = await Promise.all([tab.waitForEvent('popup'), tab.evaluate(`void open('${target}')`)]);
      await popup.waitForURL(`${origin}/**`);
    }
    expect((await tab.goto(`${site.origin}/redirect`))?.status()).toBe(403);
    // Two pictures, three fetches, a socket, two beacons, two pop-ups and the tab itself.
    await vi.waitUntil(() => denials.length >= 11, { timeout: 10_000 });
    await close();
    expect(forbidden.connections).toBe(0);
  });
});
