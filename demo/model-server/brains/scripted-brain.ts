/** A brain for tests: gives one answer of its script for each turn, and records the turns. */
import type { Brain, BrainAnswer, Turn } from './brain.ts';

export type ScriptLine = BrainAnswer | ((turn: Turn) => BrainAnswer | Promise<BrainAnswer>);

export class ScriptedBrain implements Brain {
  readonly turns: Turn[] = [];
  readonly #script: readonly ScriptLine[];

  constructor(script: readonly ScriptLine[]) {
    this.#script = script;
  }

  async answer(turn: Turn): Promise<BrainAnswer> {
    this.turns.push(turn);
    const line = this.#script[this.turns.length - 1];
    if (line === undefined) {
      throw new Error(`the script holds ${this.#script.length} answers, and turn ${this.turns.length} was asked`);
    }
    return typeof line === 'function' ? line(turn) : line;
  }
}
