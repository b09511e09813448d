/**
 * A partition of a batch: keeps its share of the batch's parallel calls under way and takes further items from the store as
 * others end. All state of an item is in the store: after a crash the next attempt of the partition continues from there.
 */
import { ApplicationFailure } from '@temporalio/common';
import type { OpenItem } from '../../../store/batches/items/open-items.ts';
import type { Admission } from '../../../store/batches/partitions/batch-spend.ts';
import { toNano } from '../../../store/database/tables/batch-tables.ts';
import type { BatchControl } from '../../../store/batches/batches.ts';
import {
  partitionShare,
  type BatchPartitionInput,
  type BatchPartitionResult,
} from '../../../workflows/contract/batches/batch.ts';
import type { Reason } from '../../../workflows/contract/failures.ts';
import type { TokenCounts } from '../../llm/prices.ts';
import { createOutputReader } from '../../output-schema.ts';
import { EndWatch } from '../end-watch.ts';
import { RateLimiterReports } from '../rate-limiter-reports.ts';
import { awaitItem, recoverItem, submitItem } from './item-call.ts';
import { pauseForSchema } from './item-end.ts';
import { itemRequest } from './item-request.ts';
import { expireUnsubmitted } from './item-settle.ts';
import { expiry, type ItemResult, type PartitionContext } from './partition-context.ts';
import { PollPace } from './poll-pace.ts';
import type { BatchDependencies } from '../ports.ts';
import { WaitReporter } from '../wait-reporter.ts';

/** The partition hands over after this time: together with the longest call it stays below the attempt's limit of 10 minutes. */
const partitionMilliseconds = 8 * 60_000;
/** How often the partition reads whether the batch still runs and whether its limits have changed. */
const controlMilliseconds = 250;
/** The same while it has nothing to submit. */
const idleMilliseconds = 1_000;
/** For a longer wait the partition ends and the workflow waits by a timer, which takes no worker's slot. */
const longestWaitMilliseconds = 30_000;

/** Runs a partition until no items are left to take or it has to stop. Returns when none of its requests is in flight. */
export async function runPartition(
  dependencies: BatchDependencies,
  input: BatchPartitionInput,
  signal: AbortSignal,
): Promise<BatchPartitionResult> {
  const partition = await Partition.begin(dependencies, input, signal).catch(pauseForSchema);
  if (!(partition instanceof Partition)) return partition;
  try {
    return await partition.run();
  } finally {
    await partition.handOver();
  }
}

class Partition {
  private readonly context: PartitionContext;
  private readonly input: BatchPartitionInput;
  private readonly signal: AbortSignal;
  private readonly waitReporter: WaitReporter;
  private readonly limiter: RateLimiterReports;
  private readonly leave = new AbortController();
  private readonly running = new Map<number, Promise<void>>();
  private ready: OpenItem[] = [];
  private control: BatchControl;
  private controlAt: number;
  private wake: PromiseWithResolvers<void> = Promise.withResolvers();
  private halt: BatchPartitionResult | null = null;
  private fatal: unknown = null;
  /** The newest reason for which an item is retried. */
  private failure: Reason | null = null;
  private exhausted = false;
  private refusal: { readonly until: number; readonly admission: Extract<Admission, { admitted: false }> } | null =
    null;

  private constructor(
    dependencies: BatchDependencies,
    input: BatchPartitionInput,
    signal: AbortSignal,
    begun: Pick<PartitionContext, 'key' | 'definition' | 'read'> & { readonly control: BatchControl },
  ) {
    this.input = input;
    this.signal = signal;
    this.control = begun.control;
    this.controlAt = dependencies.now();
    this.limiter = new RateLimiterReports(dependencies, begun.definition.model);
    this.waitReporter = new WaitReporter(dependencies.store.batchWaits, input.batchId, input.partition);
    signal.addEventListener('abort', () => this.wake.resolve(), { once: true });
    this.context = {
      dependencies,
      key: begun.key,
      definition: begun.definition,
      limits: () => this.control.limits,
      read: begun.read,
      pace: new PollPace(),
      ends: new EndWatch(dependencies.eventLookup),
      handOver: this.leave.signal,
      report: (report, probe) => this.limiter.report(report, probe),
    };
  }

  static async begin(
    dependencies: BatchDependencies,
    input: BatchPartitionInput,
    signal: AbortSignal,
  ): Promise<Partition> {
    const { store } = dependencies;
    const { batchId } = input;
    const [definition, control] = await Promise.all([
      store.batches.definition(batchId),
      store.batches.control(batchId),
    ]);
    const read = await createOutputReader(definition.outputSchema, { owner: batchId, signal });
    if (input.partition === 0) await store.batches.change(batchId, { continuations: input.continuations });
    const { key, items } = await store.batchPartitions.begin(input);
    await store.batchWaits.begin(input);
    const partition = new Partition(dependencies, input, signal, { key, definition, control, read });
    await partition.context.ends.listen();
    partition.adopt(items);
    return partition;
  }

  /** Continues with the open items of an earlier attempt or of the previous workflow run. */
  private adopt(items: readonly OpenItem[]): void {
    for (const item of items) {
      if (item.status === 'pending') this.ready.push(item);
      else if (item.status === 'intended') this.start(item, () => recoverItem(this.context, item));
      else {
        const { responseId } = item;
        if (responseId === null) throw new Error(`item ${item.position} is submitted without an id`);
        this.start(item, () => awaitItem(this.context, item, responseId, { found: true }));
      }
    }
  }

  async run(): Promise<BatchPartitionResult> {
    const until = this.context.dependencies.now() + partitionMilliseconds;
    for (;;) {
      await this.look();
      if (this.fatal !== null) throw this.fatal;
      if (this.signal.aborted) throw this.signal.reason;
      if (this.control.state !== 'running') return { outcome: 'halted' };
      if (this.halt !== null) return this.halt;
      if (this.context.dependencies.now() >= until) return { outcome: 'yielded' };
      await this.fill();
      if (this.exhausted && this.isDrained()) return { outcome: 'drained' };
      const waiting = this.waitResult();
      if (waiting !== null) return waiting;
      await this.pause();
    }
  }

  /** Leaves responses that are under way at the provider. Waits for requests in flight: an interrupted one may be paid. */
  async handOver(): Promise<void> {
    this.leave.abort();
    await Promise.all(this.running.values());
  }

  private async look(): Promise<void> {
    const now = this.context.dependencies.now();
    if (now - this.controlAt < controlMilliseconds) return;
    this.control = await this.context.dependencies.store.batches.control(this.input.batchId);
    await this.context.ends.look();
    this.controlAt = now;
  }

  /** When more pages follow, the next workflow run takes over the items under way; on the last page they must end first. */
  private isDrained(): boolean {
    const nothingNew = this.ready.every((item) => !this.isDue(item));
    return this.input.last ? this.running.size === 0 && this.ready.length === 0 : nothingNew;
  }

  private async fill(): Promise<void> {
    const { dependencies, key } = this.context;
    const { partition, partitions, until } = this.input;
    const share = partitionShare(this.control.limits.parallel, partition, partitions);
    while (this.running.size < share && this.halt === null && !this.signal.aborted) {
      if (this.refusal !== null && dependencies.now() < this.refusal.until) return;
      let item = this.nextDue();
      if (item === null && !this.exhausted) {
        const taken = await dependencies.store.batchPartitions.take(key, until, share - this.running.size);
        this.exhausted = taken.length === 0;
        this.ready.push(...taken);
        item = this.nextDue();
      }
      if (item === null) return this.reportRetries();
      if (dependencies.now() >= expiry(this.context, item)) {
        const late = item;
        this.start(late, () => expireUnsubmitted(this.context, late));
      } else if (!(await this.admit(item))) return;
    }
  }

  /** Returns whether the item was submitted; if not, it is put back into `ready`. */
  private async admit(item: OpenItem): Promise<boolean> {
    const { dependencies, definition, key } = this.context;
    const { model, maxOutputTokens } = definition;
    const { mostInputTokens, likelyInputTokens } = itemRequest(definition, item.item, this.control.limits.callSeconds);
    const worst = { inputTokens: mostInputTokens, cachedInputTokens: 0, outputTokens: maxOutputTokens };
    const now = dependencies.now();
    const worstUsd = this.price(model, worst);
    if (worstUsd === null) return false;
    const admission = await dependencies.store.batchPartitions.admit(key, {
      position: item.position,
      worstNano: toNano(worstUsd),
      limiter: { key: this.limiter.key, tokens: likelyInputTokens + maxOutputTokens },
      now,
    });
    if (admission.admitted) {
      this.refusal = null;
      await this.waitReporter.resumed();
      const submitted = { ...item, attempts: item.attempts + 1, submittedAt: item.submittedAt ?? now, intendedAt: now };
      this.start(submitted, () => submitItem(this.context, submitted, admission.probe));
      return true;
    }
    this.ready.unshift(item);
    // Asks again soon: another partition may free some of the budget, or a person may raise it.
    this.refusal = { until: now + Math.min(admission.waitMilliseconds, 2_000), admission };
    await this.waitReporter.refused(admission, now);
    return false;
  }

  /** Reports a wait when nothing is under way and all items wait for their next attempt. */
  private async reportRetries(): Promise<void> {
    const { length } = this.ready;
    if (length === 0 || this.running.size > 0) return;
    const until = Math.min(...this.ready.map(({ nextAttemptAt }) => nextAttemptAt ?? 0));
    const because = this.failure === null ? '' : `: ${this.failure.message}`;
    const message = `${length} ${length === 1 ? 'item is' : 'items are'} to be tried again${because}`;
    const kind = this.failure?.type === 'provider_rate_limit' ? 'rate_limit' : 'retry';
    await this.waitReporter.report({ kind, message, until }, this.context.dependencies.now());
  }

  /** Returns null, and pauses the batch, when the model's price is not known: nothing can be reserved then. */
  private price(model: string, worst: TokenCounts): number | null {
    try {
      return this.context.dependencies.priceOf(model, worst);
    } catch (error) {
      if (!(error instanceof ApplicationFailure)) throw error;
      this.halt ??= { outcome: 'pause', by: 'provider', message: error.message };
      return null;
    }
  }

  /** The result with which the partition ends when nothing is under way and submissions are refused for long; else null. */
  private waitResult(): BatchPartitionResult | null {
    if (this.refusal === null || this.running.size > 0) return null;
    const { by, waitMilliseconds, message } = this.refusal.admission;
    if (by === 'cap') return { outcome: 'pause', by: 'budget', message };
    const isLong =
      by === 'switch' || by === 'cap_hour' || by === 'calls_hour' || waitMilliseconds > longestWaitMilliseconds;
    if (!isLong) return null;
    return { outcome: 'waiting', seconds: Math.max(1, Math.ceil(waitMilliseconds / 1000)), message };
  }

  private start(item: OpenItem, work: () => Promise<ItemResult>): void {
    const ended = this.runItem(work).finally(() => {
      this.running.delete(item.position);
      this.wake.resolve();
    });
    this.running.set(item.position, ended);
  }

  private async runItem(work: () => Promise<ItemResult>): Promise<void> {
    try {
      const result = await work();
      if (result.kind === 'later') {
        this.ready.push(result.item);
        this.failure = result.reason;
      }
      if (result.kind === 'halt') this.halt ??= { outcome: 'pause', by: 'provider', message: result.reason.message };
    } catch (error) {
      this.fatal ??= error;
    }
  }

  private isDue(item: OpenItem): boolean {
    return item.nextAttemptAt === null || item.nextAttemptAt <= this.context.dependencies.now();
  }

  private nextDue(): OpenItem | null {
    const index = this.ready.findIndex((item) => this.isDue(item));
    return index === -1 ? null : (this.ready.splice(index, 1)[0] ?? null);
  }

  /** Waits until an item ends or the next read of the batch's state is due. */
  private async pause(): Promise<void> {
    const { dependencies } = this.context;
    const over = new AbortController();
    const isIdle = this.exhausted && this.ready.length === 0;
    const wait = isIdle ? idleMilliseconds : controlMilliseconds;
    const looked = dependencies.sleep(wait, over.signal).catch(() => undefined);
    await Promise.race([this.wake.promise, looked]);
    over.abort();
    if (!this.signal.aborted) this.wake = Promise.withResolvers();
  }
}
