/**
 * The state of a browser that is saved, so that another browser can continue from it: storage, address and scroll
 * position.
 */
import type { BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { z } from 'zod';
import type { BrowserState } from '../../ports.ts';
import { BrowserStateSchema } from '../browser-state.ts';

const PageStateSchema = z.object({
  origin: z.string(),
  scroll: z.object({ x: z.number(), y: z.number() }),
  items: z.record(z.string(), z.string()),
});

const readPage = `(() => {
  let items = {};
  try { items = Object.fromEntries(Object.entries(sessionStorage)); } catch { /* an opaque origin has none */ }
  return { origin: location.origin, scroll: { x: scrollX, y: scrollY }, items };
})()`;

export async function readState(context: BrowserContext, page: Page): Promise<BrowserState> {
  const [storage, raw] = await Promise.all([context.storageState(), page.evaluate(readPage)]);
  const read = PageStateSchema.parse(raw);
  return BrowserStateSchema.parse({
    url: page.url(),
    scroll: read.scroll,
    cookies: storage.cookies,
    origins: storage.origins,
    sessionStorage: Object.keys(read.items).length === 0 ? null : { origin: read.origin, items: read.items },
  });
}

export function toStorageState(state: BrowserState): NonNullable<BrowserContextOptions['storageState']> {
  const { cookies, origins } = BrowserStateSchema.parse(state);
  return { cookies, origins };
}

/** Session storage belongs to the tab, so the tab's first script restores it, once. */
export async function restoreSessionStorage(context: BrowserContext, state: BrowserState): Promise<void> {
  if (state.sessionStorage === null) return;
  const { origin, items } = state.sessionStorage;
  await context.addInitScript(`(() => {
    if (location.origin !== ${JSON.stringify(origin)} || sessionStorage.getItem('__lodestone_restored') !== null) return;
    for (const [key, value] of Object.entries(${JSON.stringify(items)})) sessionStorage.setItem(key, value);
    sessionStorage.setItem('__lodestone_restored', '1');
  })()`);
}

export async function restoreScroll(page: Page, state: BrowserState): Promise<void> {
  if (state.scroll.x === 0 && state.scroll.y === 0) return;
  await page.evaluate(`scrollTo(${state.scroll.x}, ${state.scroll.y})`);
}
