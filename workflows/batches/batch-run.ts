/** The state of one run of a batch's workflow, and what may be done to it at the moment. */
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
  /** What the batch waits for besides answers. */
  waiting: string | null = null;
  /** Set by a signal that says: look again. */
  woken = false;
  /** Nothing can be changed any more. */
  closing = false;
  /** Resolves when no partition runs any more. */
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

  /** Takes in what the store knows of the batch, which a run before this one may have begun. */
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

  /** Items of this page are below this position. */
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

  /** One change at a time: each sees what the one before it has made of the batch. */
  async exclusively<T>(change: () => Promise<T>): Promise<T> {
    const result = this.queue.then(change);
    this.queue = result.catch(() => undefined);
    return result;
  }

  /** Shows a change where people look: search attributes and the Web UI's current details. */
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

  /** The last that is shown. */
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
    if (typeof message !== 'string' || message === '') refuse('a pause needs its reason in words');
    if (this.pause !== null) refuse('the batch is paused already');
  }

  checkResume(): void {
    this.checkOpen();
    if (this.pause === null) refuse('the batch is not paused');
  }

  checkAppend(itemCount: number): void {
    this.checkOpen();
    if (!Number.isInteger(itemCount) || itemCount <= this.itemCount) {
      refuse(`${itemCount} is no item count above ${this.itemCount}`);
    }
  }

  /** The limits as a change would make them; refuses what does not fit. */
  changedLimits(changes: BatchLimitChanges): BatchLimits {
    this.checkOpen();
    const given = Object.entries(changes).filter(([, value]) => value !== undefined);
    const known = given.every(([name]) => name in this.limits && !fixedLimits.includes(name));
    if (given.length === 0 || !known) refuse('there is no such limit to change');
    const limits: BatchLimits = { ...this.limits, ...Object.fromEntries(given) };
    const problems = batchLimitProblems(limits);
    if (problems.length > 0) refuse(problems.join('; '));
    return limits;
  }
}

const fixedLimits: readonly string[] = fixedBatchLimits;

export function pauseNow(by: BatchPause['by'], message: string): BatchPause {
  return { by, message: message.slice(0, 500), at: new Date().toISOString() };
}

function refuse(message: string): never {
  throw ApplicationFailure.nonRetryable(message, 'batch_refused');
}
