/** The world of the egress matrix: a site with a page for each way, a goal for each way, and a browser to take them in. */
import { chromium, type BrowserContext, type Page } from 'playwright-core';
import { vi } from 'vitest';
import { disableFeatures } from '../../../../activities/chromium/features.ts';
import { createPlaywrightComputerFactory } from '../../../../activities/computer-use/playwright/open-browser.ts';
import { prepareBrowser } from '../../../../activities/computer-use/playwright/prepared-browser.ts';
import { chromium as settings, noSignal } from '../../../support/computer-use/chromium-computer.ts';
import { startCountingServer } from '../../../support/http/counting-server.ts';
import { startTarget, type Target } from '../../../support/computer-use/two-way-target.ts';
import { onlyLiterals } from '../../http/only-literals.ts';
import type { Goal, Way } from './way.ts';

/** What the browser may reach: `private` targets are never allowed, `unlisted` ones only if they are public. */
export type Boundary =
  | { readonly load: 'public' | 'listed'; readonly goals: 'private' | 'unlisted' | 'allowed' }
  | 'none';

export interface MatrixWorld {
  /** Opens the way's page, does what is to be done there, and waits until it was refused, arrived or is over. */
  take(way: Way): Promise<void>;
  goalOf(way: Way): Target;
  closeBrowser(): Promise<void>;
  close(): Promise<void>;
}

export async function openWorld(ways: readonly Way[], boundary: Boundary): Promise<MatrixWorld> {
  const goals = new Map(await Promise.all(ways.map(async (way) => [way, await startTarget()] as const)));
  const goalOf = (way: Way): Target => goals.get(way) ?? missing(way.name);
  const over = new Set<Way>();
  const site = await startCountingServer((response, { url }) => {
    const [, folder, index = '', file = ''] = url.split('/');
    const way = ways[Number(index)];
    if (way === undefined || !['way', 'to', 'to-tls', 'over'].includes(folder ?? '')) {
      return response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>blank</title>');
    }
    if (folder === 'over') over.add(way);
    const goal = goalAt(goalOf(way).port, index);
    if (folder === 'to') return response.writeHead(307, { location: goal.url }).end();
    if (folder === 'to-tls') return response.writeHead(307, { location: goal.secureUrl }).end();
    const script = way.scripts?.[file];
    if (script !== undefined) return response.writeHead(200, { 'content-type': 'text/javascript' }).end(script(goal));
    response.writeHead(200, { 'content-type': 'text/html', ...way.headers?.(goal) });
    response.end(`<!doctype html><script>const over = () => fetch('/over/${index}')</script>${way.page(goal)}`);
  });
  const allGoals = ways.flatMap((way) => bothOrigins(goalOf(way).port));
  const { context, denied, close: closeBrowser } = await openBrowser(boundary, site.origin, allGoals);

  const wasRefused = (way: Way): boolean => denied.some((target) => target.endsWith(`:${goalOf(way).port}`));
  const hasArrived = (way: Way): boolean => goalOf(way).arrived[way.arrives] > 0;
  return {
    goalOf,
    async take(way) {
      const page = await context.newPage();
      // A page that moves on by itself is never loaded.
      const waitUntil = way.ending === undefined ? 'commit' : 'load';
      await page.goto(`${site.origin}/way/${ways.indexOf(way)}/`, { waitUntil });
      await act(page, way, site.origin);
      await vi.waitUntil(() => hasArrived(way) || wasRefused(way) || over.has(way), { timeout: 15_000, interval: 5 });
      // Not waited for: a tab that is closed in the middle of a navigation may never say that it is.
      for (const open of context.pages()) void open.close().catch(() => undefined);
    },
    closeBrowser,
    async close() {
      await closeBrowser();
      await Promise.all([site, ...goals.values()].map((server) => server.close()));
    },
  };
}

async function act(page: Page, way: Way, origin: string): Promise<void> {
  if (way.ending === 'click') await page.mouse.click(50, 50);
  if (way.ending === 'leave') await page.goto(`${origin}/blank`);
}

function goalAt(port: number, index: string): Goal {
  const host = `127.0.0.1:${port}`;
  return {
    url: `http://${host}/there`,
    secureUrl: `https://${host}/there`,
    socketUrl: `ws://${host}/there`,
    host,
    redirect: `/to/${index}`,
    secureRedirect: `/to-tls/${index}`,
  };
}

function bothOrigins(port: number): readonly string[] {
  return [`http://127.0.0.1:${port}`, `https://127.0.0.1:${port}`];
}

async function openBrowser(boundary: Boundary, site: string, goals: readonly string[]) {
  const denied: string[] = [];
  if (boundary === 'none') {
    const browser = await chromium.launch({
      executablePath: settings.executablePath ?? '/usr/bin/chromium',
      chromiumSandbox: settings.sandbox,
      // It has no proxy, so this keeps it from looking names up.
      args: [disableFeatures, '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'],
    });
    return { context: await browser.newContext(), denied, close: () => browser.close() };
  }
  const launch = vi.spyOn(chromium, 'launchPersistentContext');
  const limits = { navigationMilliseconds: 10_000, actionMilliseconds: 5_000 };
  // A warm one, with the tab that it waits for a session with.
  const display = { width: 800, height: 600 };
  const ahead = prepareBrowser(settings, display);
  await ahead;
  const computer = await createPlaywrightComputerFactory(settings, limits, onlyLiterals, ahead).open(
    {
      ...display,
      startUrl: `${site}/blank`,
      secrets: [],
      network: {
        load: boundary.load,
        navigate: boundary.goals === 'allowed' ? [site, ...goals] : [site],
        allowPrivateOrigins: boundary.goals === 'private' ? [site] : [site, ...goals],
      },
      onDenied: ({ target }) => denied.push(target),
    },
    null,
    noSignal,
  );
  const own: BrowserContext | undefined = await launch.mock.results[0]?.value;
  launch.mockRestore();
  // The session's own context, through which its guard and its proxy are tried.
  const context = own?.browser()?.contexts().at(-1) ?? missing('the context');
  return { context, denied, close: () => computer.close() };
}

function missing(what: string): never {
  throw new Error(`there is no ${what}`);
}
