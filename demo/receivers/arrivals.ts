/** The list of what arrived at a receiver, with a way to wait for a certain arrival. */
import { EventEmitter, once } from 'node:events';

export class Arrivals<Item> {
  readonly all: Item[] = [];
  private readonly emitter = new EventEmitter();

  add(item: Item): void {
    this.all.push(item);
    this.emitter.emit('arrived');
  }

  /** Resolves to the first matching arrival, past or future. Rejects when the signal aborts. */
  async waitFor(fits: (item: Item) => boolean, signal: AbortSignal): Promise<Item> {
    for (;;) {
      const found = this.all.find((item) => fits(item));
      if (found !== undefined) return found;
      await once(this.emitter, 'arrived', { signal });
    }
  }
}
