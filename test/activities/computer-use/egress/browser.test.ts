/** What the browser does by itself, what it may be sent to, and every spelling of an address that it may not reach. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { createPlaywrightComputerFactory } from '../../../../activities/computer-use/playwright/open-browser.ts';
import type { Resolve } from '../../../../activities/http/resolve.ts';
import type { NetworkPolicy } from '../../../../workflows/contract/computer-use/network.ts';
import { chromium, noSignal, openChromium } from '../../../support/computer-use/chromium-computer.ts';
import { countingServer } from '../../../support/http/counting-server.ts';
import { onlyLiterals } from '../../http/only-literals.ts';

/** Opens a page of a site of its own and waits until the page reports its end. */
async function openUntilOver(page: string, policy: Partial<NetworkPolicy>, resolve: Resolve) {
  const over = Promise.withResolvers<void>();
  const site = await countingServer((response, { url }) => {
    if (url === '/over') over.resolve();
    response.writeHead(200, { 'content-type': 'text/html' }).end(`<!doctype html><meta charset="utf-8">${page}`);
  });
  const limits = { navigationMilliseconds: 10_000, actionMilliseconds: 5_000 };
  const denied: string[] = [];
  const network: NetworkPolicy = {
    load: 'public',
    navigate: [site.origin, ...(policy.navigate ?? [])],
    allowPrivateOrigins: [site.origin, ...(policy.allowPrivateOrigins ?? [])],
  };
  const computer = await createPlaywrightComputerFactory(chromium, limits, resolve).open(
    {
      width: 800,
      height: 600,
      startUrl: site.origin,
      secrets: [],
      network,
      onDenied: ({ target }) => denied.push(target),
    },
    null,
    noSignal,
  );
  onTestFinished(() => computer.close());
  await over.promise;
  return denied;
}

it('a browser that is left alone for some seconds asks its maker for nothing', async () => {
  const asked: string[] = [];
  const denied = await openUntilOver(
    `<form><input name="email"><input type="password"></form><script>setTimeout(() => fetch('/over'), 4000)</script>`,
    {},
    async (hostname) => {
      if (hostname !== '127.0.0.1') asked.push(hostname);
      return onlyLiterals(hostname);
    },
  );
  expect(asked).toEqual([]);
  expect(denied).toEqual([]);
});

describe('the start page, and the page of a browser that died,', () => {
  const notWeb = [
    'file:///etc/passwd',
    'chrome://version',
    'view-source:http://127.0.0.1/',
    'data:text/html,x',
    'about:blank',
  ];

  it.each(notWeb)('is never %s', async (url) => {
    await expect(openChromium({ startUrl: url, navigate: ['https://example.com'] })).rejects.toMatchObject({
      type: 'egress_refused',
    });
    const site = await countingServer();
    const restore = { url, scroll: { x: 0, y: 0 }, cookies: [], origins: [], sessionStorage: null };
    const { computer } = await openChromium({ startUrl: site.origin, restore });
    expect(computer.url()).toBe(`${site.origin}/`);
  });
});

describe('a private address is refused by a page, even where the lead magnet lists it', () => {
  const loopback = [
    '127.0.0.1',
    '127.1',
    '2130706433',
    '0x7f000001',
    '0177.0.0.1',
    '127.0.0.1.',
    '127。0。0。1',
    '①②⑦.0.0.1',
  ];
  const others = [
    '0.0.0.0',
    '0',
    '[::1]',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::127.0.0.1]',
    '[64:ff9b::7f00:1]',
    'localhost',
    'localhost.',
    'LOCALHOST',
    'a.localhost',
    'metadata.google.internal',
    'db.internal.',
    'nas.local',
    'private.example',
    'partly.example',
    '169.254.169.254',
    '0xa9fea9fe',
    '[fd00:ec2::254]',
    '100.100.100.200',
  ];
  const resolve: Resolve = async (hostname) => {
    if (hostname === 'private.example') return ['127.0.0.1'];
    if (hostname === 'partly.example') return ['93.184.216.34', '127.0.0.1'];
    return onlyLiterals(hostname);
  };
  const fetches = (origins: readonly string[]): string => `<script>
    Promise.allSettled(${JSON.stringify(origins)}.map((origin) => fetch(origin, { mode: 'no-cors' })))
      .then(() => fetch('/over'))</script>`;

  it('in whatever spelling, and by whatever name', async () => {
    const forbidden = await countingServer();
    const origins = [...loopback, ...others].map((host) => `http://${host}:${forbidden.port}`);
    const denied = await openUntilOver(fetches(origins), { navigate: origins }, resolve);
    expect(forbidden.connections).toBe(0);
    expect(new Set(denied)).toEqual(new Set(origins.map((origin) => new URL(origin).origin)));
  });

  it('and each spelling of loopback reaches it where the operator allows it, so that the above can fail', async () => {
    const allowed = await countingServer();
    const origins = loopback.map((host, index) => `http://${host}:${allowed.port}/${index}`);
    await openUntilOver(fetches(origins), { allowPrivateOrigins: [allowed.origin] }, resolve);
    expect(allowed.received.map(({ url }) => url).toSorted()).toEqual(loopback.map((_, index) => `/${index}`));
  });
});
