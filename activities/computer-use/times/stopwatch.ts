/** Measures where the time of a session goes. Calls overlap, but each moment is counted once. */
import type { ComputerUseTimes } from '../../../workflows/contract/computer-use/times.ts';

type Part = 'person' | 'model' | 'browser';

export class Stopwatch {
  private readonly now: () => number;
  private readonly underWay: Record<Part, number> = { person: 0, model: 0, browser: 0 };
  private readonly spent: { -readonly [Name in keyof ComputerUseTimes]: number };
  private since: number;

  /** `before`: what earlier attempts have spent. `now`: milliseconds of a clock that only goes forward. */
  constructor(before: ComputerUseTimes, now: () => number) {
    this.now = now;
    this.spent = { ...before };
    this.since = now();
  }

  /** Counts the time until the returned function is called. */
  begin(part: Part): () => void {
    this.advance();
    this.underWay[part] += 1;
    return () => {
      this.advance();
      this.underWay[part] -= 1;
    };
  }

  async during<T>(part: Part, work: () => Promise<T>): Promise<T> {
    const end = this.begin(part);
    try {
      return await work();
    } finally {
      end();
    }
  }

  /** Whole milliseconds: the times are part of every checkpoint. */
  read(): ComputerUseTimes {
    this.advance();
    const { modelMs, browserMs, storeMs, waitingMs } = this.spent;
    return {
      modelMs: Math.round(modelMs),
      browserMs: Math.round(browserMs),
      storeMs: Math.round(storeMs),
      waitingMs: Math.round(waitingMs),
    };
  }

  private advance(): void {
    const now = this.now();
    this.spent[this.current()] += now - this.since;
    this.since = now;
  }

  /** What is called while a person has control is part of the time with that person. */
  private current(): keyof ComputerUseTimes {
    const { person, model, browser } = this.underWay;
    if (person > 0) return 'waitingMs';
    if (model > 0) return 'modelMs';
    return browser > 0 ? 'browserMs' : 'storeMs';
  }
}
