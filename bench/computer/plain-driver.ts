/** A plain Playwright adapter for the computer loop of the openai package, as its documentation suggests. */
import { setTimeout as delay } from 'node:timers/promises';
import type { ComputerDriver } from 'openai/helpers/computer';
import type { Page } from 'playwright-core';

const buttons = { left: 'left', right: 'right', wheel: 'middle', back: 'left', forward: 'left' } as const;

/** Waits `waitMilliseconds` after each action, as common tools do; 0 means no waiting. */
export function plainDriver(page: Page, waitMilliseconds: number): ComputerDriver {
  const settle = async (): Promise<void> => {
    if (waitMilliseconds > 0) await delay(waitMilliseconds);
  };
  return {
    async click({ x, y, button }) {
      await page.mouse.click(x, y, { button: buttons[button] });
      await settle();
    },
    async double_click({ x, y }) {
      await page.mouse.dblclick(x, y);
      await settle();
    },
    async drag({ path }) {
      for (const [index, { x, y }] of path.entries()) {
        await page.mouse.move(x, y);
        if (index === 0) await page.mouse.down();
      }
      await page.mouse.up();
      await settle();
    },
    async keypress({ keys }) {
      await page.keyboard.press(keys.join('+'));
      await settle();
    },
    async move({ x, y }) {
      await page.mouse.move(x, y);
      await settle();
    },
    async scroll({ x, y, scroll_x: right, scroll_y: down }) {
      await page.mouse.move(x, y);
      await page.mouse.wheel(right, down);
      await settle();
    },
    async type({ text }) {
      await page.keyboard.type(text);
      await settle();
    },
    async wait() {
      await delay(2_000);
    },
    async screenshot() {
      const picture = await page.screenshot();
      return {
        type: 'computer_screenshot',
        image_url: `data:image/png;base64,${picture.toString('base64')}`,
      };
    },
  };
}
