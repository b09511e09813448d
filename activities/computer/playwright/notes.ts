/** What happened in the browser that no picture shows, for the model. A page cannot flood it: the rest is counted. */

const mostNotes = 20;
const longestNote = 500;

export class Notes {
  private waiting: string[] = [];
  private left = 0;

  readonly add = (text: string): void => {
    if (this.waiting.length < mostNotes) this.waiting.push(text.slice(0, longestNote));
    else this.left += 1;
  };

  /** Each note once, in order. */
  take(): readonly string[] {
    const taken = this.left === 0 ? this.waiting : [...this.waiting, `And ${this.left} more of the kind.`];
    this.waiting = [];
    this.left = 0;
    return taken;
  }
}
