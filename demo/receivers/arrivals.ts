/** What arrived at a receiver, and waiting for something that has not arrived yet. */
import { EventEmitter, once } from 'node:events';

export class Arrivals<Item> {
  readonly all: Item[] = [];
  private readonly emitter = new EventEmitter();

  add(item: Item): void {
    this.all.push(item);
    this.emitter.emit('arrived');
  }

  /** The first that fits, of those that are here and those to come; rejects when the signal is aborted. */
  async waitFor(fits: (item: Item) => boolean, signal: AbortSignal): Promise<Item> {
    for (;;) {
      const found = this.all.find((item) => fits(item));
      if (found !== undefined) return found;
      await once(this.emitter, 'arrived', { signal });
    }
  }
}
