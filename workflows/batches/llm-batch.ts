/**
 * A batch: one prompt over thousands of items, a page of them for each run of this workflow. It holds counts and ranges
 * alone; partitions, which are activities, take the items from the store, keep a part of the window under way each, and hand
 * what is left to the next run. A timer here is the limit of the whole batch.
 */
import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  isCancellation,
  metricMeter,
  patched,
  proxyActivities,
  workflowInfo,
} from '@temporalio/workflow';
import { activityOptions } from '../activity-options.ts';
import { handleBatchMessages, pauseBatch, stopBatch } from './batch-handlers.ts';
import { BatchRun, pauseNow } from './batch-run.ts';
import type { BatchEconomyActivities } from '../contract/batches/economy.ts';
import {
  partitionCount,
  type BatchPartitionActivities,
  type BatchPartitionResult,
  type BatchRecordActivities,
  type FormerBatchActivities,
  type LlmBatchInput,
  type LlmBatchResult,
} from '../contract/batches/batch.ts';

/** Continuations that a history grown long may add to those of the pages. */
const extraContinuations = 2;
/** How long partitions that are told to halt are waited for before they are cancelled. */
const haltMilliseconds = 20_000;

export async function llmBatch(input: LlmBatchInput): Promise<LlmBatchResult> {
  const run = new BatchRun(input);
  const isFirst = input.carried === undefined;
  // Before the handlers: an Update that came with the start runs as soon as its handler is set, and must wait for this.
  const opening = isFirst && patched('open-before-changes') ? open(run) : null;
  handleBatchMessages(run);
  try {
    if (isFirst) await (opening ?? open(run));
    run.show();
    const next = await runPage(run);
    if (next !== null) {
      metricMeter.createCounter('lodestone_batch_continuations').add(1);
      const { batchId, limits, endsAtCap } = run;
      await continueAsNew<typeof llmBatch>({
        batchId,
        limits,
        startPaused: false,
        ...(endsAtCap ? { endsAtCap } : {}),
        carried: run.carry(next),
      });
    }
  } catch (error) {
    if (!isCancellation(error)) throw error;
    await CancellationScope.nonCancellable(() => stopBatch(run, 'cancelled'));
  }
  return CancellationScope.nonCancellable(() => close(run));
}

/** Changes that come meanwhile wait for it: it says what they change. */
function open(run: BatchRun): Promise<void> {
  const { batchId, pause } = run;
  const now = new Date(run.startedAt).toISOString();
  return run.exclusively(async () => run.opened(await records('open the batch').openBatch({ batchId, pause, now })));
}

/** Runs the page's items. Returns the page that the next run is for, or null when the batch is over. */
async function runPage(run: BatchRun): Promise<number | null> {
  const watch = new CancellationScope();
  const watching = watch.run(() => watchDeadline(run)).catch(ignoreCancellation);
  try {
    const next = await runPageItems(run);
    await condition(allHandlersFinished);
    return next;
  } finally {
    watch.cancel();
    await watching;
  }
}

/** The limit of the batch, which may be moved while it counts. */
async function watchDeadline(run: BatchRun): Promise<void> {
  while (run.stop === null) {
    const { deadline } = run;
    const left = deadline - Date.now();
    if (left > 0) await condition(() => run.deadline !== deadline || run.stop !== null, left);
    else await run.exclusively(() => stopBatch(run, 'job_time_limit'));
  }
}

async function runPageItems(run: BatchRun): Promise<number | null> {
  for (;;) {
    if (run.pause !== null) await condition(() => run.pause === null || run.stop !== null);
    if (run.stop !== null) return null;
    const { until, isLastPage } = run;
    run.woken = false;
    const results = await runPartitions(run, until, isLastPage);
    // An append under way is waited for: it may have made the page longer, or another one follow.
    if (results.every(({ outcome }) => outcome === 'drained')) await condition(allHandlersFinished);
    const changed = run.until !== until || run.isLastPage !== isLastPage;
    if (results.every(({ outcome }) => outcome === 'drained') && !changed && run.stop === null) {
      // From here on nothing is awaited before the run ends, or Updates are refused: none can be lost.
      if (!isLastPage) return run.page + 1;
      run.closing = true;
      return null;
    }
    await applyResults(run, results);
    if (workflowInfo().continueAsNewSuggested && run.continuations - run.page < extraContinuations) return run.page;
  }
}

/** All partitions at once; returns when each has ended. A batch that is stopped does not wait for a worker to take them. */
async function runPartitions(run: BatchRun, until: number, last: boolean): Promise<readonly BatchPartitionResult[]> {
  const scope = new CancellationScope();
  const running = scope.run(() =>
    Promise.allSettled(run.mode === 'economy' ? [startEconomy(run, until, last)] : startPartitions(run, until, last)),
  );
  let ended = false;
  const settled = running.finally(() => {
    ended = true;
  });
  run.partitionsEnded = settled;
  await condition(() => ended || run.stop !== null);
  // Partitions see a stop in the store within a second; those that no worker has taken see nothing.
  if (!ended && !(await condition(() => ended, haltMilliseconds))) scope.cancel();
  return (await settled).map((result): BatchPartitionResult => {
    if (result.status === 'fulfilled') return result.value;
    if (run.stop !== null && isCancellation(result.reason)) return { outcome: 'halted' };
    throw result.reason;
  });
}

function startPartitions({ batchId, continuations, limits }: BatchRun, until: number, last: boolean) {
  const partitions = partitionCount(limits.parallel);
  const shared = { batchId, until, last, continuations };
  // Histories from before the activity was renamed have it under its former name.
  const isRenamed = patched('partitions');
  return Array.from({ length: partitions }, (_, partition) => {
    const activities = partitionActivities(`partition ${partition + 1} of ${partitions}, items below ${until}`);
    return isRenamed
      ? activities.runBatchPartition({ ...shared, partition, partitions })
      : activities.runBatchLane({ ...shared, lane: partition, lanes: partitions });
  });
}

/** One short look; what the provider takes hours for is waited for by a timer, with no worker's slot taken. */
function startEconomy({ batchId, continuations }: BatchRun, until: number, last: boolean) {
  const summary = `the provider's batches, items below ${until}`;
  return partitionActivities(summary).runBatchEconomy({ batchId, until, last, continuations });
}

/** Does what the partitions found to be needed: a pause, or a while of waiting. */
async function applyResults(run: BatchRun, results: readonly BatchPartitionResult[]): Promise<void> {
  if (run.stop !== null) return;
  const pause = results.find((result) => result.outcome === 'pause');
  if (pause?.outcome === 'pause') {
    await run.exclusively(async () => {
      if (run.pause !== null || run.stop !== null) return;
      if (pause.by === 'budget' && run.endsAtCap) await stopBatch(run, 'budget');
      else await pauseBatch(run, pauseNow(pause.by, pause.message));
    });
    run.show();
    return;
  }
  const waits = results.flatMap((result) => (result.outcome === 'waiting' ? [result] : []));
  const [first] = waits.toSorted((left, right) => left.seconds - right.seconds);
  if (first === undefined) return;
  run.waiting = first.message;
  // Who is woken during a look looks again at once.
  if (!patched('wake-during-look')) run.woken = false;
  run.show();
  await condition(() => run.woken || run.stop !== null, first.seconds * 1000);
  run.waiting = null;
  run.show();
}

/** Ends what is still open, and writes the batch's end. */
async function close(run: BatchRun): Promise<LlmBatchResult> {
  const { batchId, continuations, stop } = run;
  run.closing = true;
  run.show();
  await run.partitionsEnded;
  if (stop !== null) {
    let left: number;
    do {
      ({ left } = await stopActivities().stopBatchItems({ batchId, stop }));
    } while (left > 0);
  }
  const { outcome, reason, counts, costUsd } = await records('close the batch').closeBatch({
    batchId,
    stop,
    continuations,
  });
  await condition(allHandlersFinished);
  run.showEnd(outcome, costUsd);
  return { outcome, reason, counts, costUsd, continuations };
}

type PartitionActivities = BatchPartitionActivities & FormerBatchActivities & BatchEconomyActivities;

function records(summary: string): BatchRecordActivities {
  return proxyActivities<BatchRecordActivities>(activityOptions({ kind: 'record', queue: 'jobs', summary }));
}

function partitionActivities(summary: string): PartitionActivities {
  return proxyActivities<PartitionActivities>(activityOptions({ kind: 'batch_partition', queue: 'llm', summary }));
}

function stopActivities(): BatchPartitionActivities {
  const options = activityOptions({ kind: 'batch_stop', queue: 'llm', summary: 'cancel what is under way' });
  return proxyActivities<BatchPartitionActivities>(options);
}

function ignoreCancellation(error: unknown): void {
  if (!isCancellation(error)) throw error;
}
