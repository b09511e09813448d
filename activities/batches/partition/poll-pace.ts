/**
 * Decides when to poll the provider for an answer: first at about the recent response time, then in small steps. Polling too
 * early costs an extra request, polling too late costs time; both stay below a tenth.
 */
const shortestMilliseconds = 40;
const longestMilliseconds = 5_000;
const firstGuessMilliseconds = 250;

export class PollPace {
  private expected = firstGuessMilliseconds;

  /** How long to wait before the next poll of a response that has been under way for this time. */
  wait(elapsedMilliseconds: number): number {
    const early = this.expected * 0.95 - elapsedMilliseconds;
    if (early > shortestMilliseconds) return early;
    return clamp(Math.max(elapsedMilliseconds, this.expected) * 0.08);
  }

  /** An answer was found; `first`: by the first poll, so that it may have been ready long before. */
  found(elapsedMilliseconds: number, first: boolean): void {
    const towards = first ? Math.min(elapsedMilliseconds, this.expected) * 0.9 : elapsedMilliseconds;
    this.expected = Math.max(shortestMilliseconds, this.expected * 0.7 + towards * 0.3);
  }
}

function clamp(milliseconds: number): number {
  return Math.min(longestMilliseconds, Math.max(shortestMilliseconds, milliseconds));
}
