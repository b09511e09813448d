/** What the pixel brain can do next, in the words of the computer tool. */
import type { ComputerAction } from '../brains/brain.ts';

export type Tool = 'ga' | 'preview';

export interface Move {
  /** What it is for; the memory counts tries by it. */
  readonly intent: string;
  readonly say: string;
  /** Whether it should lead to another page. */
  readonly leaves: boolean;
  /** The preview form of the tool takes one action a call, so a move for it holds one. */
  readonly actions: readonly ComputerAction[];
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export function click([x, y]: readonly [number, number]): ComputerAction {
  return { type: 'click', x, y, button: 'left' };
}

export function press(keys: readonly string[]): ComputerAction {
  return { type: 'keypress', keys: [...keys] };
}

export function scroll(size: Size, direction: 'up' | 'down'): ComputerAction {
  const [x, y] = middle(size);
  // Half a screen: header and strip cover so much of a small one that a longer way would skip lines.
  const way = Math.round(size.height / 2);
  return { type: 'scroll', x, y, scroll_x: 0, scroll_y: direction === 'down' ? way : -way };
}

/** The mouse's own button: it is the page's, while the keys are the browser window's, and a headless one has none. */
export function goBack(size: Size): ComputerAction {
  const [x, y] = middle(size);
  return { type: 'click', x, y, button: 'back' };
}

function middle({ width, height }: Size): readonly [number, number] {
  return [Math.round(width / 2), Math.round(height / 2)];
}

export function type(text: string): ComputerAction {
  return { type: 'type', text };
}
