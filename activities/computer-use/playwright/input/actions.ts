/** Performs each action of the computer tool on a page. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { ActionProblem, type ToolAction } from '../../actions.ts';
import { playwrightChord, playwrightKey } from './keys.ts';
import { bounded } from '../screen/bounds.ts';

/** Time limits of the parts of a turn. */
export interface BrowserLimits {
  /** Loading a page, and moving through the history. */
  readonly navigationMilliseconds: number;
  /** A single click, chord or text. */
  readonly actionMilliseconds: number;
}

/** How long `wait` waits, as in the provider's own sample. */
const waitMilliseconds = 2_000;
/** Longer text is inserted at once; shorter text is typed key by key, as pages that listen to keys expect. */
const longestTypedText = 200;

/** Performs one action. Throws `ActionProblem` for one that cannot be performed; the model gets the reason. */
export async function performOnPage(
  page: Page,
  action: ToolAction,
  limits: BrowserLimits,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  await bounded(
    perform(page, action, limits, signal),
    `it may have happened, but the page did not answer: the action`,
    limitOf(action, limits),
    (message) => new ActionProblem(message),
  );
}

/** Every action has its case: the compiler checks that the switch is exhaustive. */
async function perform(page: Page, action: ToolAction, limits: BrowserLimits, signal: AbortSignal): Promise<void> {
  switch (action.type) {
    case 'click':
      return click(page, action, limits);
    case 'double_click':
      checkPoint(page, action.x, action.y);
      return holding(page, action.keys, () => page.mouse.dblclick(action.x, action.y));
    case 'drag':
      return holding(page, action.keys, () => drag(page, action.path));
    case 'move':
      checkPoint(page, action.x, action.y);
      return holding(page, action.keys, () => page.mouse.move(action.x, action.y));
    case 'scroll':
      checkPoint(page, action.x, action.y);
      return holding(page, action.keys, async () => {
        await page.mouse.move(action.x, action.y);
        await page.mouse.wheel(action.scroll_x, action.scroll_y);
      });
    case 'keypress':
      return page.keyboard.press(playwrightChord(action.keys));
    case 'type':
      if (action.text.length > longestTypedText) return page.keyboard.insertText(action.text);
      return page.keyboard.type(action.text);
    case 'wait':
      await delay(waitMilliseconds, undefined, { signal });
      return;
    case 'screenshot':
      // The next screenshot is the result.
      return;
  }
}

async function click(
  page: Page,
  action: Extract<ToolAction, { type: 'click' }>,
  { navigationMilliseconds }: BrowserLimits,
): Promise<void> {
  const { x, y, button, keys } = action;
  checkPoint(page, x, y);
  if (button === 'back' || button === 'forward') return goThroughHistory(page, button, navigationMilliseconds);
  return holding(page, keys, () => page.mouse.click(x, y, { button: button === 'wheel' ? 'middle' : button }));
}

async function drag(page: Page, path: readonly { readonly x: number; readonly y: number }[]): Promise<void> {
  for (const { x, y } of path) checkPoint(page, x, y);
  for (const [index, { x, y }] of path.entries()) {
    await page.mouse.move(x, y);
    if (index === 0) await page.mouse.down();
  }
  await page.mouse.up();
}

/** Waiting takes as long as it says, and history moves as long as a navigation; both have limits of their own. */
function limitOf(action: ToolAction, { actionMilliseconds, navigationMilliseconds }: BrowserLimits): number {
  const history = action.type === 'click' && (action.button === 'back' || action.button === 'forward');
  const own = history ? navigationMilliseconds : action.type === 'wait' ? waitMilliseconds : 0;
  return own + actionMilliseconds;
}

async function goThroughHistory(page: Page, direction: 'back' | 'forward', timeout: number): Promise<void> {
  const cdp = await page.context().newCDPSession(page);
  try {
    const { currentIndex, entries } = await cdp.send('Page.getNavigationHistory');
    const next = entries[currentIndex + (direction === 'back' ? -1 : 1)];
    // Every tab starts with an empty page, which does not count as a previous page.
    if (next === undefined || next.url === 'about:blank') {
      throw new ActionProblem(`could not go ${direction}: this is the ${direction === 'back' ? 'first' : 'last'} page`);
    }
  } finally {
    await cdp.detach().catch(() => undefined);
  }
  const options = { waitUntil: 'commit' as const, timeout };
  try {
    await (direction === 'back' ? page.goBack(options) : page.goForward(options));
  } catch (error) {
    // Chromium refuses, or the page does not answer: the tab has not moved, and the model sees that.
    throw new ActionProblem(`could not go ${direction}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function holding(page: Page, keys: readonly string[], work: () => Promise<void>): Promise<void> {
  const held = keys.map(playwrightKey);
  for (const key of held) await page.keyboard.down(key);
  try {
    await work();
  } finally {
    for (const key of held.toReversed()) await page.keyboard.up(key);
  }
}

function checkPoint(page: Page, x: number, y: number): void {
  const size = page.viewportSize();
  if (size === null || (x >= 0 && y >= 0 && x < size.width && y < size.height)) return;
  throw new ActionProblem(`the point ${x},${y} is not on the screen of ${size.width}×${size.height}`);
}
