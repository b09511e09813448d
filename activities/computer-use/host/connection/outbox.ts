/**
 * Messages that a host keeps until the worker has acknowledged them: nothing is lost when a worker dies before it has
 * read them.
 */
export interface Numbered<T> {
  readonly number: number;
  readonly item: T;
}

/** Above this the oldest are dropped: a page can cause a denial every millisecond. */
const largestOutbox = 1_000;

export class Outbox<T> {
  private readonly waiting: Numbered<T>[] = [];
  private last = 0;

  add(item: T): void {
    this.last += 1;
    this.waiting.push({ number: this.last, item });
    if (this.waiting.length > largestOutbox) this.waiting.shift();
  }

  /** All messages after a number; everything up to that number counts as acknowledged. */
  after(number: number): readonly Numbered<T>[] {
    while (this.waiting[0] !== undefined && this.waiting[0].number <= number) this.waiting.shift();
    return [...this.waiting];
  }
}
