/** What each action of the computer tool does to a page: one table, whose completeness the compiler checks. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { ActionProblem, type ComputerAction } from './actions.ts';
import { playwrightChord, playwrightKey } from './keys.ts';
import { bounded } from './playwright-bounds.ts';

/** The limit of a single action. */
const actionMilliseconds = 5_000;
const navigationMilliseconds = 30_000;
/** What `wait` waits, as in the provider's own sample. */
const waitMilliseconds = 2_000;
/** Above this length text is inserted at once; below it every key is pressed, as pages that listen to keys expect. */
const longestTypedText = 200;

type Handlers = {
  readonly [Type in ComputerAction['type']]: (
    page: Page,
    action: Extract<ComputerAction, { type: Type }>,
    signal: AbortSignal,
  ) => Promise<void>;
};

const handlers = {
  click: async (page, { x, y, button, keys }) => {
    checkPoint(page, x, y);
    if (button === 'back' || button === 'forward') return goThroughHistory(page, button);
    const pressed = button === 'wheel' ? 'middle' : button;
    return holding(page, keys, () => page.mouse.click(x, y, { button: pressed }));
  },
  double_click: async (page, { x, y, keys }) => {
    checkPoint(page, x, y);
    return holding(page, keys, () => page.mouse.dblclick(x, y));
  },
  drag: async (page, { path, keys }) =>
    holding(page, keys, async () => {
      for (const [index, { x, y }] of path.entries()) {
        checkPoint(page, x, y);
        await page.mouse.move(x, y);
        if (index === 0) await page.mouse.down();
      }
      await page.mouse.up();
    }),
  move: async (page, { x, y, keys }) => {
    checkPoint(page, x, y);
    return holding(page, keys, () => page.mouse.move(x, y));
  },
  scroll: async (page, { x, y, scroll_x: scrollX, scroll_y: scrollY, keys }) => {
    checkPoint(page, x, y);
    return holding(page, keys, async () => {
      await page.mouse.move(x, y);
      await page.mouse.wheel(scrollX, scrollY);
    });
  },
  keypress: async (page, { keys }) => page.keyboard.press(playwrightChord(keys)),
  type: async (page, { text }) => {
    if (text.length > longestTypedText) return page.keyboard.insertText(text);
    return page.keyboard.type(text);
  },
  wait: async (_page, _action, signal) => {
    await delay(waitMilliseconds, undefined, { signal });
  },
  screenshot: async () => undefined,
} satisfies Handlers;

/** Performs one action. Throws `ActionProblem` for one that cannot be done, which the model is told. */
export async function performOnPage(page: Page, action: ComputerAction, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const handler: (page: Page, action: never, signal: AbortSignal) => Promise<void> = handlers[action.type];
  const limit = isHistory(action) ? navigationMilliseconds + 1_000 : actionMilliseconds;
  await bounded(handler(page, action as never, signal), `the action ${action.type}`, limit);
}

function isHistory(action: ComputerAction): boolean {
  return action.type === 'click' && (action.button === 'back' || action.button === 'forward');
}

async function goThroughHistory(page: Page, direction: 'back' | 'forward'): Promise<void> {
  const options = { waitUntil: 'commit' as const, timeout: navigationMilliseconds };
  try {
    await (direction === 'back' ? page.goBack(options) : page.goForward(options));
  } catch (error) {
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
