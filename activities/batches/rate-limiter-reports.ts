/**
 * Reports the outcome of calls to the shared rate limiter of a provider's model: every failure, and those answers that change
 * its state. Reporting every answer would cost a write of the store for each.
 */
import type { CallReport, ReportedLimits } from '../../store/batches/rate-limiters/rate-limiter.ts';
import type { BatchDependencies } from './ports.ts';

const reportMilliseconds = 1_000;

export class RateLimiterReports {
  readonly key: string;
  private readonly dependencies: BatchDependencies;
  private failuresSeen = false;
  private reportedAt = 0;

  constructor(dependencies: BatchDependencies, model: string) {
    this.dependencies = dependencies;
    this.key = dependencies.limiterKey(model);
  }

  /** `probe`: the call was admitted as a probe of a provider that is down. */
  async report(report: CallReport, probe: boolean): Promise<void> {
    const { store, takeLimits, now } = this.dependencies;
    const reported = this.worthReporting(takeLimits(this.key));
    const isWorthReporting = report.kind !== 'answered' || probe || this.failuresSeen || reported !== null;
    if (!isWorthReporting) return;
    this.failuresSeen = report.kind !== 'answered';
    await store.rateLimiters.report(this.key, { report, reported, probe }, now());
  }

  private worthReporting(reported: ReportedLimits | null): ReportedLimits | null {
    if (reported === null) return null;
    const low = [reported.requests, reported.tokens].some((part) => part !== null && part.remaining < part.limit * 0.2);
    const now = this.dependencies.now();
    if (!low && now - this.reportedAt < reportMilliseconds) return null;
    this.reportedAt = now;
    return reported;
  }
}
