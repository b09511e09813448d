/** What the pixel brain can do next, in the words of the computer tool. */
import type { ComputerAction } from '../brain.ts';

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

export function click([x, y]: readonly [number, number]): ComputerAction {
  return { type: 'click', x, y, button: 'left' };
}

export function press(keys: readonly string[]): ComputerAction {
  return { type: 'keypress', keys: [...keys] };
}

export function type(text: string): ComputerAction {
  return { type: 'type', text };
}
