/**
 * Updates by which people change a running batch. A validator refuses a change without a trace in history; the handler checks
 * it again when the changes before it are done. The change is in force when the Update returns, since it is in the store and
 * each submission is checked against the store.
 */
import { counted } from '../contract/counted.ts';
import { CancellationScope, proxyActivities, setHandler } from '@temporalio/workflow';
import { activityOptions } from '../activity-options.ts';
import { pauseNow, type BatchRun } from './batch-run.ts';
import type { BatchPause, BatchRecordActivities, BatchStop, ChangeBatchInput } from '../contract/batches/batch.ts';
import {
  appendToBatchUpdate,
  batchStatusQuery,
  cancelBatchUpdate,
  changeBatchLimitsUpdate,
  pauseBatchUpdate,
  resumeBatchUpdate,
  wakeBatchSignal,
  type BatchStatus,
} from '../contract/batches/messages.ts';

export function handleBatchMessages(run: BatchRun): void {
  setHandler(batchStatusQuery, () => run.status());
  setHandler(wakeBatchSignal, () => {
    run.woken = true;
  });
  setHandler(
    pauseBatchUpdate,
    ({ message }) =>
      change(run, async () => {
        run.checkPause(message);
        await pauseBatch(run, pauseNow('person', message));
      }),
    { validator: ({ message }) => run.checkPause(message) },
  );
  setHandler(
    resumeBatchUpdate,
    () =>
      change(run, async () => {
        run.checkResume();
        await writeChange(run, { state: 'running', pause: null, event: event('resumed', 'resumed') });
        run.pause = null;
      }),
    { validator: () => run.checkResume() },
  );
  setHandler(
    cancelBatchUpdate,
    () =>
      change(run, async () => {
        run.checkOpen();
        await stopBatch(run, 'cancelled');
      }),
    { validator: () => run.checkOpen() },
  );
  setHandler(
    appendToBatchUpdate,
    ({ itemCount }) =>
      change(run, async () => {
        run.checkAppend(itemCount);
        const message = `${counted(itemCount - run.itemCount, 'item')} appended`;
        await writeChange(run, { itemCount, event: event('appended', message) });
        run.itemCount = itemCount;
      }),
    { validator: ({ itemCount }) => run.checkAppend(itemCount) },
  );
  setHandler(
    changeBatchLimitsUpdate,
    (changes) =>
      change(run, async () => {
        const limits = run.changedLimits(changes);
        // Raising the cap ends a pause that the old cap caused.
        const resumes = run.pause?.by === 'budget' && limits.capUsd > run.limits.capUsd;
        await writeChange(run, {
          limits,
          ...(resumes ? { state: 'running' as const, pause: null } : {}),
          event: event('limits_changed', JSON.stringify(changes)),
        });
        run.limits = limits;
        if (resumes) run.pause = null;
      }),
    { validator: (changes) => void run.changedLimits(changes) },
  );
}

async function change(run: BatchRun, make: () => Promise<void>): Promise<BatchStatus> {
  await run.exclusively(make);
  run.woken = true;
  run.show();
  return run.status();
}

/** Pauses the batch: calls under way continue at the provider, and their answers are fetched after the resume. */
export async function pauseBatch(run: BatchRun, pause: BatchPause): Promise<void> {
  run.pause = pause;
  const message = `paused by ${pause.by}: ${pause.message}`;
  await writeChange(run, { state: 'paused', pause, event: event('paused', message) });
}

/** Stops further submissions. The workflow ends the items under way when its partitions have stopped. */
export async function stopBatch(run: BatchRun, stop: BatchStop): Promise<void> {
  await writeChange(run, { state: 'stopping', event: event('stopping', stop) });
  run.stop ??= stop;
}

async function writeChange(run: BatchRun, input: Omit<ChangeBatchInput, 'batchId'>): Promise<void> {
  const options = activityOptions({ kind: 'record', queue: 'jobs', summary: input.event.message });
  const { changeBatch } = proxyActivities<BatchRecordActivities>(options);
  await CancellationScope.nonCancellable(() => changeBatch({ batchId: run.batchId, ...input }));
}

function event(type: string, message: string): ChangeBatchInput['event'] {
  return { type: `batch.${type}`, message };
}
