/** The smallest computer-use loop: shows the brain the screen, does what it says, until it answers with a text. */
import { PNG } from 'pngjs';
import type { Page } from 'playwright-core';
import type { BrainAnswer, ComputerAction, Turn } from '../../../demo/model-server/brain.ts';
import { pixelBrain } from '../../../demo/model-server/pixel-brain.ts';

export interface Drive {
  readonly tool?: 'ga' | 'preview';
  readonly outputSchema?: object | null;
  /** What the brain remembers when the drive begins. */
  readonly memory?: unknown;
  /** A text that comes with the first screenshot. */
  readonly told?: string;
  /** Stops the drive before an answer is acted on: a worker that dies. */
  readonly stopBefore?: (answer: BrainAnswer) => boolean;
}

export interface Driven {
  readonly answer: BrainAnswer;
  readonly iterations: number;
  readonly said: readonly string[];
  readonly memory: unknown;
}

export async function drive(page: Page, options: Drive = {}): Promise<Driven> {
  const said: string[] = [];
  let memory = options.memory ?? null;
  let texts = options.told === undefined ? [] : [options.told];
  let screenshot: Turn['screenshot'] = null;
  for (let iteration = 1; iteration <= 60; iteration += 1) {
    const answer = await pixelBrain(turnOf({ texts, screenshot, memory, tool: options.tool, outputSchema: options.outputSchema }));
    memory = answer.memory ?? null;
    if (answer.kind !== 'computer' || options.stopBefore?.(answer) === true) {
      return { answer, iterations: iteration, said, memory };
    }
    said.push(answer.say ?? '');
    for (const action of answer.actions) await perform(page, action);
    await page.waitForLoadState('load');
    screenshot = shown(await page.screenshot());
    texts = [];
  }
  throw new Error(`the brain did not come to an end: ${said.join(' ')}`);
}

async function perform(page: Page, action: ComputerAction): Promise<void> {
  switch (action.type) {
    case 'click':
      if (action.button === 'back') await page.goBack();
      else await page.mouse.click(action.x, action.y);
      break;
    case 'scroll':
      await page.mouse.move(action.x, action.y);
      await page.mouse.wheel(action.scroll_x, action.scroll_y);
      break;
    case 'type':
      await page.keyboard.type(action.text);
      break;
    case 'keypress':
      await press(page, action.keys);
      break;
    default:
      await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
  }
}
