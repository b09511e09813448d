/**
 * When to ask the provider for an answer: about when answers have lately come, then in small steps. Asked too early an
 * answer costs a request more, too late it costs time; both stay below a tenth.
 */
const shortestMilliseconds = 40;
const longestMilliseconds = 5_000;
const firstGuessMilliseconds = 250;

export class PollPace {
  private expected = firstGuessMilliseconds;

  /** How long to wait for an answer that has been under way so long. */
  wait(elapsedMilliseconds: number): number {
    const early = this.expected * 0.95 - elapsedMilliseconds;
    if (early > shortestMilliseconds) return early;
    return clamp(Math.max(elapsedMilliseconds, this.expected) * 0.08);
  }

  /** An answer was found; `first` says that the first look found it, so that it may have been there for long. */
  found(elapsedMilliseconds: number, first: boolean): void {
    const towards = first ? Math.min(elapsedMilliseconds, this.expected) * 0.9 : elapsedMilliseconds;
    this.expected = Math.max(shortestMilliseconds, this.expected * 0.7 + towards * 0.3);
  }
}

function clamp(milliseconds: number): number {
  return Math.min(longestMilliseconds, Math.max(shortestMilliseconds, milliseconds));
}
