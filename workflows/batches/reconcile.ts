/** Reconciles batches; started by a schedule: restarts lost workflows, records late answers, and raises alerts. */
import { proxyActivities, setCurrentDetails } from '@temporalio/workflow';
import { ActivityFailure } from '@temporalio/common';
import { activityOptions } from '../activity-options.ts';
import type { LateAnswerActivities, ReconcileActivities, ReconcileResult } from '../contract/batches/reconcile.ts';

export async function reconcile(): Promise<ReconcileResult> {
  // In parallel: alerts must not be delayed by a provider that hangs or by a queue without workers.
  const late = recordLateAnswers();
  const options = activityOptions({ kind: 'reconcile', queue: 'jobs', summary: 'reconcile batches' });
  const look = await proxyActivities<ReconcileActivities>(options).reconcileBatches();
  const result = { ...look, recovered: await late };
  setCurrentDetails(JSON.stringify(result));
  return result;
}

/** Returns null when it failed; the next run tries again. */
async function recordLateAnswers(): Promise<number | null> {
  const options = activityOptions({ kind: 'late_answers', queue: 'llm', summary: 'record late answers' });
  try {
    return await proxyActivities<LateAnswerActivities>(options).recordLateAnswers();
  } catch (error) {
    if (error instanceof ActivityFailure) return null;
    throw error;
  }
}
