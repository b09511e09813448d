/** What a host has to tell and keeps until it knows that it was taken: a worker that dies with it unread loses nothing. */
export interface Numbered<T> {
  readonly number: number;
  readonly item: T;
}

/** Above this the oldest are dropped: a page can be refused a request a millisecond. */
const largestOutbox = 1_000;

export class Outbox<T> {
  private readonly waiting: Numbered<T>[] = [];
  private last = 0;

  add(item: T): void {
    this.last += 1;
    this.waiting.push({ number: this.last, item });
    if (this.waiting.length > largestOutbox) this.waiting.shift();
  }

  /** All that comes after a number, which tells at the same time that everything up to it was taken. */
  after(number: number): readonly Numbered<T>[] {
    while (this.waiting[0] !== undefined && this.waiting[0].number <= number) this.waiting.shift();
    return [...this.waiting];
  }
}
