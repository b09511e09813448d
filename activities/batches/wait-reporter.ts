/**
 * Tells the store why a partition stands still, for the batch's page. A rate limit holds a partition back for a moment many times a
 * minute: told is only what lasts, and not more often than once a second.
 */
import type { Admission } from '../../store/batches/batch-spend.ts';
import { waitKindOf, type BatchWait, type BatchWaits } from '../../store/batches/batch-waits.ts';

/** A wait that is shorter is the ordinary course of things. */
const noticedMilliseconds = 1_000;
const toldMilliseconds = 1_000;

export class WaitReporter {
  private readonly waits: BatchWaits;
  private readonly batchId: string;
  private readonly partition: number;
  private since: number | null = null;
  private toldAt: number | null = null;

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
    if (kind !== null) await this.stands({ kind, message, until: now + waitMilliseconds }, now);
  }

  /** The partition has something to do, and may not do it before the wait's end. */
  async stands(wait: BatchWait, now: number): Promise<void> {
    this.since ??= now;
    const lasts = wait.until - this.since >= noticedMilliseconds;
    if (!lasts || (this.toldAt !== null && now - this.toldAt < toldMilliseconds)) return;
    this.toldAt = now;
    await this.waits.record(this.batchId, this.partition, wait);
  }

  /** The partition goes on. */
  async moves(): Promise<void> {
    this.since = null;
    if (this.toldAt === null) return;
    this.toldAt = null;
    await this.waits.forget(this.batchId, this.partition);
  }
}
