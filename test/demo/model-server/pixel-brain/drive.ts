/** The smallest computer-use loop: shows the brain the screen, does what it says, until it answers with a text. */
import { createHash } from 'node:crypto';
import { PNG } from 'pngjs';
import type { Page } from 'playwright-core';
import type { BrainAnswer, ComputerAction, Turn } from '../../../../demo/model-server/brains/brain.ts';
import { pixelBrain } from '../../../../demo/model-server/brains/pixel-brain.ts';

export interface Drive {
  readonly tool?: 'ga' | 'preview';
  readonly outputSchema?: Turn['outputSchema'];
  /** What the brain remembers when the drive begins. */
  readonly memory?: unknown;
  /** A text that comes with the first screenshot. */
  readonly reported?: string;
  /** Stops the drive before an answer is acted on: a worker that dies. */
  readonly stopBefore?: (answer: BrainAnswer) => boolean;
}

export interface Driven {
  readonly answer: BrainAnswer;
  readonly iterations: number;
  readonly said: readonly string[];
  /** How many actions each call held. */
  readonly actionCounts: readonly number[];
  readonly memory: unknown;
}

export async function drive(page: Page, options: Drive = {}): Promise<Driven> {
  const said: string[] = [];
  const actionCounts: number[] = [];
  let memory = options.memory ?? null;
  let texts = options.reported === undefined ? [] : [options.reported];
  let screenshot: Turn['screenshot'] = null;
  for (let iteration = 1; iteration <= 60; iteration += 1) {
    const { tool = 'ga', outputSchema = null } = options;
    const answer = await pixelBrain.answer(turnOf({ texts, screenshot, memory, computerTool: tool, outputSchema }));
    memory = answer.memory ?? null;
    if (answer.kind !== 'computer' || options.stopBefore?.(answer) === true) {
      return { answer, iterations: iteration, said, actionCounts, memory };
    }
    said.push(answer.say ?? '');
    actionCounts.push(answer.actions.length);
    for (const action of answer.actions) await perform(page, action);
    await settle(page);
    screenshot = shown(await picture(page));
    texts = [];
  }
  throw new Error(`the brain did not come to an end: ${said.join(' ')}`);
}

/** A click's navigation has begun by the time a frame was drawn; then it is waited for. */
async function settle(page: Page): Promise<void> {
  await page.waitForLoadState('load');
  await drawn(page);
  await page.waitForLoadState('load');
}

async function drawn(page: Page): Promise<void> {
  try {
    await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
  } catch {
    // The page went away meanwhile, for the next one.
  }
}

/** Right after going back in history Chromium can't take a picture for a moment, and says so. */
async function picture(page: Page): Promise<Buffer> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await page.screenshot();
    } catch (error) {
      if (tries === 50) throw error;
      await drawn(page);
    }
  }
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
    case 'wait':
    case 'screenshot':
      await drawn(page);
      break;
    case 'double_click':
    case 'drag':
    case 'move':
      throw new Error(`the brain never asks for ${action.type}`);
  }
}

const keyNames: Readonly<Record<string, string>> = { ALT: 'Alt', CTRL: 'Control', LEFT: 'ArrowLeft' };

async function press(page: Page, keys: readonly string[]): Promise<void> {
  await page.keyboard.press(keys.map((key) => keyNames[key] ?? key.toLowerCase()).join('+'));
}

function shown(png: Buffer): NonNullable<Turn['screenshot']> {
  const { width, height, data } = PNG.sync.read(png);
  return { width, height, data, sha256: createHash('sha256').update(png).digest('hex') };
}

/** A turn with everything in it that a drive does not vary. */
export function turnOf(varied: Partial<Turn>): Turn {
  return {
    model: 'gpt-5.4',
    instructions: '',
    texts: [],
    allTexts: [],
    screenshot: null,
    computerTool: 'ga',
    outputSchema: null,
    memory: null,
    ...varied,
  };
}
