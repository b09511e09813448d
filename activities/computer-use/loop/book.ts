/** The loop's book: the checkpoint as it grows, with the time that was spent, held against the budget. */
import { dueWarnings, reachedLimit, type Budget, type ReachedLimit } from './budget.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { TurnPart } from './turn.ts';

/** What the book needs of the loop's world. */
export interface BookWorld {
  /** Keeps a checkpoint, and what it adds to the record of the turn; the loop goes on only when they are kept. */
  readonly keep: (checkpoint: Checkpoint, turn?: TurnPart) => Promise<void>;
  /** Tells of a budget that is nearly used up, with the limit's name. */
  readonly warn: (message: string, limit: string) => Promise<void>;
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number;
}

/** How often the time is kept while the model thinks: at most so much is lost with a worker. */
const keepEveryMilliseconds = 5_000;

export class Book {
  checkpoint: Checkpoint;
  private readonly budget: Budget;
  private readonly world: BookWorld;
  private clock: number;

  constructor(start: Checkpoint, budget: Budget, world: BookWorld) {
    this.checkpoint = start;
    this.budget = budget;
    this.world = world;
    this.clock = world.now();
  }

  async keep(changes: Partial<Checkpoint>, turn?: TurnPart): Promise<void> {
    const now = this.world.now();
    this.checkpoint = { ...this.checkpoint, ...changes, activeMilliseconds: this.activeMilliseconds(now) };
    this.clock = now;
    await this.world.keep(this.checkpoint, turn);
  }

  /** Goes on after a time that does not count. */
  async resume(changes: Partial<Checkpoint>): Promise<void> {
    this.clock = this.world.now();
    await this.keep(changes);
  }

  /** The limit that has been reached, if any; warns of one that is near. */
  async reachedLimit(): Promise<ReachedLimit | null> {
    const now = this.world.now();
    const spent = { ...this.checkpoint, activeMilliseconds: this.activeMilliseconds(now) };
    const limit = reachedLimit(spent, this.budget);
    if (limit !== null) {
      await this.keep({});
      return limit;
    }
    const warnings = dueWarnings(spent, this.budget);
    for (const { name, message } of warnings) await this.world.warn(message, name);
    const warned = [...spent.warned, ...warnings.map(({ name }) => name)];
    if (warnings.length > 0 || now - this.clock >= keepEveryMilliseconds) await this.keep({ warned });
    return null;
  }

  private activeMilliseconds(now: number): number {
    return this.checkpoint.activeMilliseconds + (now - this.clock);
  }
}
