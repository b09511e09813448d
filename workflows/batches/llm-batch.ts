/**
 * The workflow of a batch: one prompt for thousands of items. Each run handles one page of items and continues as new. The
 * workflow knows only counts and ranges. Partitions, which are activities, take items from the store and keep them under way;
 * the next run takes over items that are still open. The time limit of the whole batch is a timer in this workflow.
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

/** How many times a run may continue as new within a page because its history is long. */
const extraContinuations = 2;
/** How long the workflow waits for partitions to stop by themselves before it cancels them. */
const haltMilliseconds = 20_000;

export async function llmBatch(input: LlmBatchInput): Promise<LlmBatchResult> {
  const run = new BatchRun(input);
  const isFirst = input.carried === undefined;
  // Before the handlers are set: an Update that arrived with the start runs at once and must queue behind the opening.
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

/** Opens the batch in the store. Changes that arrive meanwhile wait, since this returns the state that they change. */
function open(run: BatchRun): Promise<void> {
  const { batchId, pause } = run;
  const now = new Date(run.startedAt).toISOString();
  return run.exclusively(async () => run.opened(await records('open the batch').openBatch({ batchId, pause, now })));
}

/** Runs the page's items under the batch's time limit. Returns the next run's page, or null when the batch is over. */
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

/** Stops the batch at its time limit; a change of the limit moves the timer. */
async function watchDeadline(run: BatchRun): Promise<void> {
  while (run.stop === null) {
    const { deadline } = run;
    const left = deadline - Date.now();
    if (left > 0) await condition(() => run.deadline !== deadline || run.stop !== null, left);
    else await run.exclusively(() => stopBatch(run, 'job_time_limit'));
  }
}

/** Runs the partitions again and again until the page's items are done. Returns as `runPage` does. */
async function runPageItems(run: BatchRun): Promise<number | null> {
  for (;;) {
    if (run.pause !== null) await condition(() => run.pause === null || run.stop !== null);
    if (run.stop !== null) return null;
    const { until, isLastPage } = run;
    run.woken = false;
    const results = await runPartitions(run, until, isLastPage);
    // Waits for an append that is being applied: it may add items to this page, or another page.
    if (results.every(({ outcome }) => outcome === 'drained')) await condition(allHandlersFinished);
    const changed = run.until !== until || run.isLastPage !== isLastPage;
    if (results.every(({ outcome }) => outcome === 'drained') && !changed && run.stop === null) {
      // From here the run ends without awaiting, or refuses Updates, so that no Update is lost.
      if (!isLastPage) return run.page + 1;
      run.closing = true;
      return null;
    }
    await applyResults(run, results);
    if (workflowInfo().continueAsNewSuggested && run.continuations - run.page < extraContinuations) return run.page;
  }
}

/** Runs all partitions in parallel and returns when all have ended. When the batch is stopped, cancels those that do not end. */
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
  // A running partition sees the stop in the store within a second; one that no worker has taken must be cancelled.
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
  // Runs that an earlier version began call the activity by its former name.
  const isRenamed = patched('partitions');
  return Array.from({ length: partitions }, (_, partition) => {
    const activities = partitionActivities(`partition ${partition + 1} of ${partitions}, items below ${until}`);
    return isRenamed
      ? activities.runBatchPartition({ ...shared, partition, partitions })
      : activities.runBatchLane({ ...shared, lane: partition, lanes: partitions });
  });
}

/** Runs one short check of the provider batches; between checks the workflow waits by a timer, which takes no worker's slot. */
function startEconomy({ batchId, continuations }: BatchRun, until: number, last: boolean) {
  const summary = `the provider's batches, items below ${until}`;
  return partitionActivities(summary).runBatchEconomy({ batchId, until, last, continuations });
}

/** Pauses the batch, or waits, as the partitions' results require. */
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
  // A signal that arrived while the partitions ran ends the wait at once.
  if (!patched('wake-during-look')) run.woken = false;
  run.show();
  await condition(() => run.woken || run.stop !== null, first.seconds * 1000);
  run.waiting = null;
  run.show();
}

/** Ends the items that are still open and writes the batch's end. */
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
