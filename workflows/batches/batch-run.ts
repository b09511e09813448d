/** The state of one run of a batch's workflow, and the checks of which changes it allows now. */
import { counted } from '../contract/counted.ts';
import { ApplicationFailure, setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import {
  batchPages,
  type BatchCarried,
  type BatchOutcome,
  type BatchPause,
  type BatchState,
  type BatchStop,
  type LlmBatchInput,
  type OpenBatchResult,
} from '../contract/batches/batch.ts';
import {
  batchLimitProblems,
  fixedBatchLimits,
  type BatchLimitChanges,
  type BatchLimits,
} from '../contract/batches/limits.ts';
import type { BatchMode } from '../contract/batches/mode.ts';
import type { BatchStatus } from '../contract/batches/messages.ts';
import { searchAttributes } from '../contract/names.ts';
import { cutText } from '../contract/cut-text.ts';

export class BatchRun {
  readonly batchId: string;
  readonly page: number;
  readonly continuations: number;
  readonly endsAtCap: boolean;
  /** Milliseconds since the epoch, by the workflow's clock. */
  startedAt: number;
  limits: BatchLimits;
  mode: BatchMode;
  itemCount: number;
  pause: BatchPause | null;
  stop: BatchStop | null = null;
  /** What the batch waits for, other than answers; null when nothing else. */
  waiting: string | null = null;
  /** Set by the signal that something the batch may wait for has changed. */
  woken = false;
  /** The batch is ending: changes are refused. */
  closing = false;
  /** Resolves when all partitions have ended. */
  partitionsEnded: Promise<unknown> = Promise.resolve();
  private queue: Promise<unknown> = Promise.resolve();

  constructor(input: LlmBatchInput) {
    this.batchId = input.batchId;
    this.limits = input.limits;
    this.mode = input.carried?.mode ?? 'standard';
    this.endsAtCap = input.endsAtCap === true;
    const carried = input.carried;
    this.page = carried?.page ?? 0;
    this.continuations = carried?.continuations ?? 0;
    this.startedAt = carried === undefined ? Date.now() : Date.parse(carried.startedAt);
    this.itemCount = carried?.itemCount ?? 0;
    const paused = input.startPaused ? pauseNow('person', 'begun paused') : null;
    this.pause = carried === undefined ? paused : carried.pause;
  }

  /** Applies the batch's state in the store; an earlier workflow that was lost may have begun the batch. */
  opened({ itemCount, startedAt, pause, limits, mode, stop }: OpenBatchResult): void {
    this.stop ??= stop;
    this.itemCount = Math.max(this.itemCount, itemCount);
    this.startedAt = Date.parse(startedAt);
    this.pause = pause;
    this.limits = limits;
    this.mode = mode;
  }

  get state(): BatchState {
    if (this.closing || this.stop !== null) return 'stopping';
    return this.pause === null ? 'running' : 'paused';
  }

  /** The position after this page's last item. */
  get until(): number {
    return Math.min((this.page + 1) * this.limits.pageSize, this.itemCount);
  }

  get isLastPage(): boolean {
    return this.page + 1 >= batchPages(this.itemCount, this.limits.pageSize);
  }

  get deadline(): number {
    return this.startedAt + this.limits.jobSeconds * 1000;
  }

  status(): BatchStatus {
    const { state, pause, waiting, itemCount, page, continuations, limits } = this;
    return { state, pause, waiting, itemCount, page, continuations, limits };
  }

  carry(page: number): BatchCarried {
    return {
      page,
      itemCount: this.itemCount,
      continuations: this.continuations + 1,
      startedAt: new Date(this.startedAt).toISOString(),
      pause: this.pause,
      mode: this.mode,
    };
  }

  /** Runs changes one after the other, so that each sees the results of those before it. */
  async exclusively<T>(change: () => Promise<T>): Promise<T> {
    const result = this.queue.then(change);
    this.queue = result.catch(() => undefined);
    return result;
  }

  /** Updates the search attributes and the current details in Temporal's Web UI. */
  show(): void {
    upsertSearchAttributes([{ key: searchAttributes.state, value: this.state }]);
    const pages = batchPages(this.itemCount, this.limits.pageSize);
    const lines = [
      `**${this.state}**, page ${this.page + 1} of ${pages}, ${counted(this.itemCount, 'item')}, ${this.mode === 'economy' ? 'economy' : `${this.limits.parallel} in parallel`}`,
      ...(this.pause === null ? [] : [`Paused by ${this.pause.by}: ${this.pause.message}`]),
      ...(this.waiting === null ? [] : [`Waits: ${this.waiting}`]),
    ];
    setCurrentDetails(lines.join('\n\n'));
  }

  /** Updates them at the batch's end. */
  showEnd(outcome: BatchOutcome, costUsd: number): void {
    upsertSearchAttributes([
      { key: searchAttributes.state, value: outcome },
      { key: searchAttributes.costUsd, value: costUsd },
    ]);
    setCurrentDetails(`**${outcome}**, ${counted(this.itemCount, 'item')}, $${costUsd.toFixed(4)}`);
  }

  checkOpen(): void {
    if (this.closing || this.stop !== null) refuse('the batch is ending');
  }

  checkPause(message: string): void {
    this.checkOpen();
    if (typeof message !== 'string' || message === '') refuse('a pause needs a reason');
    if (this.pause !== null) refuse('the batch is already paused');
  }

  checkResume(): void {
    this.checkOpen();
    if (this.pause === null) refuse('the batch is not paused');
  }

  checkAppend(itemCount: number): void {
    this.checkOpen();
    if (!Number.isInteger(itemCount) || itemCount <= this.itemCount) {
      refuse(`itemCount ${itemCount} must be a whole number above ${this.itemCount}`);
    }
  }

  /** Returns the limits after a change; refuses a change that contradicts the others. */
  changedLimits(changes: BatchLimitChanges): BatchLimits {
    this.checkOpen();
    const given = Object.entries(changes).filter(([, value]) => value !== undefined);
    const known = given.every(([name]) => name in this.limits && !fixedLimits.includes(name));
    if (given.length === 0 || !known) refuse('name at least one limit, and only limits that can be changed');
    const limits: BatchLimits = { ...this.limits, ...Object.fromEntries(given) };
    const problems = batchLimitProblems(limits);
    if (problems.length > 0) refuse(problems.join('; '));
    return limits;
  }
}

const fixedLimits: readonly string[] = fixedBatchLimits;

export function pauseNow(by: BatchPause['by'], message: string): BatchPause {
  return { by, message: cutText(message, 500), at: new Date().toISOString() };
}

function refuse(message: string): never {
  throw ApplicationFailure.nonRetryable(message, 'batch_refused');
}
