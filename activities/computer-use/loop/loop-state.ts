/** The state of a running loop: its newest checkpoint and the time that it has spent, compared with the budget. */
import { dueWarnings, reachedLimit, type Budget, type ReachedLimit } from './budget.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { TurnPart } from './turn.ts';

/** What the loop's state needs from outside. */
export interface LoopStatePorts {
  /** Saves a checkpoint and what it adds to the record of the turn; the loop continues only after both are saved. */
  readonly keep: (checkpoint: Checkpoint, turn?: TurnPart) => Promise<void>;
  /** Reports a budget that is nearly used up, with the limit's name. */
  readonly warn: (message: string, limit: string) => Promise<void>;
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number;
}

/** How often the time is saved while the model thinks: a worker that dies loses at most this much. */
const keepEveryMilliseconds = 5_000;

export class LoopState {
  checkpoint: Checkpoint;
  private readonly budget: Budget;
  private readonly ports: LoopStatePorts;
  private clock: number;

  constructor(start: Checkpoint, budget: Budget, ports: LoopStatePorts) {
    this.checkpoint = start;
    this.budget = budget;
    this.ports = ports;
    this.clock = ports.now();
  }

  async keep(changes: Partial<Checkpoint>, turn?: TurnPart): Promise<void> {
    const now = this.ports.now();
    this.checkpoint = { ...this.checkpoint, ...changes, activeMilliseconds: this.activeMilliseconds(now) };
    this.clock = now;
    await this.ports.keep(this.checkpoint, turn);
  }

  /** Continues after a time that does not count. */
  async resume(changes: Partial<Checkpoint>): Promise<void> {
    this.clock = this.ports.now();
    await this.keep(changes);
  }

  /** Returns the limit that has been reached, if any, and warns of one that is near. */
  async reachedLimit(): Promise<ReachedLimit | null> {
    const now = this.ports.now();
    const spent = { ...this.checkpoint, activeMilliseconds: this.activeMilliseconds(now) };
    const limit = reachedLimit(spent, this.budget);
    if (limit !== null) {
      await this.keep({});
      return limit;
    }
    const warnings = dueWarnings(spent, this.budget);
    for (const { name, message } of warnings) await this.ports.warn(message, name);
    const warned = [...spent.warned, ...warnings.map(({ name }) => name)];
    if (warnings.length > 0 || now - this.clock >= keepEveryMilliseconds) await this.keep({ warned });
    return null;
  }

  private activeMilliseconds(now: number): number {
    return this.checkpoint.activeMilliseconds + (now - this.clock);
  }
}
