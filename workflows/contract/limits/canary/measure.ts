/**
 * The two hypotheses about one measure of a canary, and the evidence against each. Pure.
 *
 * Every run has a score from 0 to 1, more is worse. Since jobs are assigned by a hash, the assignment is the only chance
 * that the test relies on: `difference` below has the expectation "canary's mean score minus control's", whatever the
 * distribution of scores is and however it drifts with the time of day.
 */
import type { Odds } from './verdict.ts';
import { Wealth } from './wealth.ts';

export class Measure {
  /** Against "the canary is not worse than the control". */
  readonly harm = new Wealth();
  /** Against "the canary is worse by the harmful margin or more". */
  readonly safety = new Wealth();
  private sum = 0;
  private count = 0;
  private readonly share: number;

  constructor(share: number) {
    this.share = share;
  }

  odds(): Odds {
    return { harm: this.harm.now, safety: this.safety.most };
  }

  /** Begins the expected score anew, from scores of the control that are not bet on. */
  expect(scores: readonly number[]): void {
    this.count = scores.length;
    this.sum = scores.reduce((sum, score) => sum + score, 0);
  }

  /**
   * Judges one run.
   * @param relieved its score if the harmful ratio is taken out of the canary's value; for the control the same as `score`
   * @param margin how much worse the relieved scores of a harmful canary still are than the control's, at the least
   */
  judge(isCanary: boolean, score: number, relieved: number, margin: number): void {
    // The bets are on the distance to the expected score: it makes them calm, and a share that is not exact matters less.
    const expected = (this.sum + 0.1) / (this.count + 2);
    const weight = isCanary ? 1 / this.share : -1 / (1 - this.share);
    const difference = weight * (score - expected);
    this.harm.bet(difference, Math.max(expected / this.share, (1 - expected) / (1 - this.share)));
    const most = Math.max((1 - expected) / this.share, expected / (1 - this.share));
    this.safety.bet(margin - weight * (relieved - expected), most - margin);
    this.sum += score;
    this.count += 1;
  }
}
