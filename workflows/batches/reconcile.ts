/** Reconciles batches; started by a schedule: restarts lost workflows, records late answers, raises alerts, removes files. */
import { patched, proxyActivities, setCurrentDetails } from '@temporalio/workflow';
import { ActivityFailure } from '@temporalio/common';
import { activityOptions } from '../activity-options.ts';
import type {
  ContentSweepActivities,
  LateAnswerActivities,
  ReconcileActivities,
  ReconcileResult,
} from '../contract/batches/reconcile.ts';

export async function reconcile(): Promise<ReconcileResult> {
  // In parallel: alerts must not be delayed by a provider that hangs or by a queue without workers.
  const late = recordLateAnswers();
  const sweep = patched('content-sweep') ? sweepContents() : null;
  const options = activityOptions({ kind: 'reconcile', queue: 'jobs', summary: 'reconcile batches' });
  const look = await proxyActivities<ReconcileActivities>(options).reconcileBatches();
  const result = { ...look, recovered: await late, removedContents: await sweep };
  setCurrentDetails(JSON.stringify(result));
  return result;
}

async function recordLateAnswers(): Promise<number | null> {
  const options = activityOptions({ kind: 'late_answers', queue: 'llm', summary: 'record late answers' });
  return orNull(proxyActivities<LateAnswerActivities>(options).recordLateAnswers());
}

async function sweepContents(): Promise<number | null> {
  const options = activityOptions({ kind: 'content_sweep', queue: 'jobs', summary: 'remove files by the retention' });
  return orNull(proxyActivities<ContentSweepActivities>(options).sweepContents());
}

/** Returns null when the work failed; the next run tries again. */
async function orNull(work: Promise<number>): Promise<number | null> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof ActivityFailure) return null;
    throw error;
  }
}
