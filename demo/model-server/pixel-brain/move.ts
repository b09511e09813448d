/** The moves of the pixel brain, as actions of the computer tool. */
import type { ComputerAction } from '../brains/brain.ts';

export type Tool = 'ga' | 'preview';

export interface Move {
  /** The purpose. The memory counts tries by purpose. */
  readonly intent: string;
  readonly say: string;
  /** Whether the move should open another page. */
  readonly leaves: boolean;
  /** The preview form of the tool takes one action for each call, so such a move has one action. */
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
  // Half a screen: header and strip cover a large part of a small screen, so that a longer scroll would skip lines.
  const way = Math.round(size.height / 2);
  return { type: 'scroll', x, y, scroll_x: 0, scroll_y: direction === 'down' ? way : -way };
}

/** Goes back with the mouse button: the page handles it. Keyboard shortcuts belong to the browser window, which a headless browser lacks. */
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
