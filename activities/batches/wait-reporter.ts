/**
 * Stores why a partition waits, for the batch's page. A rate limit delays a partition for a moment many times a minute, so only
 * longer waits are stored, and at most once a second.
 */
import type { Admission } from '../../store/batches/partitions/batch-spend.ts';
import { waitKindOf, type BatchWait, type BatchWaits } from '../../store/batches/partitions/batch-waits.ts';

/** Shorter waits are normal and are not stored. */
const shortestMilliseconds = 1_000;
const intervalMilliseconds = 1_000;

export class WaitReporter {
  private readonly waits: BatchWaits;
  private readonly batchId: string;
  private readonly partition: number;
  private since: number | null = null;
  private reportedAt: number | null = null;

  constructor(waits: BatchWaits, batchId: string, partition: number) {
    this.waits = waits;
    this.batchId = batchId;
    this.partition = partition;
  }

  /** A submission was refused. */
  async refused(
    { by, message, waitMilliseconds }: Extract<Admission, { admitted: false }>,
    now: number,
  ): Promise<void> {
    const kind = waitKindOf(by);
    if (kind !== null) await this.report({ kind, message, until: now + waitMilliseconds }, now);
  }

  /** The partition has items to submit and may not submit them before the wait's end. */
  async report(wait: BatchWait, now: number): Promise<void> {
    this.since ??= now;
    const lasts = wait.until - this.since >= shortestMilliseconds;
    if (!lasts || (this.reportedAt !== null && now - this.reportedAt < intervalMilliseconds)) return;
    this.reportedAt = now;
    await this.waits.record(this.batchId, this.partition, wait);
  }

  /** The partition submits again. */
  async resumed(): Promise<void> {
    this.since = null;
    if (this.reportedAt === null) return;
    this.reportedAt = null;
    await this.waits.clear(this.batchId, this.partition);
  }
}
