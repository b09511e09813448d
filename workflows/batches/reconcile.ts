/** The regular look after batches, begun by a schedule: finds what was lost, heals what it can, alerts of the rest. */
import { proxyActivities, setCurrentDetails } from '@temporalio/workflow';
import { ActivityFailure } from '@temporalio/common';
import { activityOptions } from '../activity-options.ts';
import type { LateAnswerActivities, ReconcileActivities, ReconcileResult } from '../contract/batches/reconcile.ts';

export async function reconcile(): Promise<ReconcileResult> {
  // At the same time: neither a provider that hangs nor a queue without workers keeps people from being told.
  const late = recordLateAnswers();
  const options = activityOptions({ kind: 'reconcile', queue: 'jobs', summary: 'look after batches' });
  const look = await proxyActivities<ReconcileActivities>(options).reconcileBatches();
  const result = { ...look, recovered: await late };
  setCurrentDetails(JSON.stringify(result));
  return result;
}

/** Null when it could not be done; the next look does it. */
async function recordLateAnswers(): Promise<number | null> {
  const options = activityOptions({ kind: 'late_answers', queue: 'llm', summary: 'look for answers that came late' });
  try {
    return await proxyActivities<LateAnswerActivities>(options).recordLateAnswers();
  } catch (error) {
    if (error instanceof ActivityFailure) return null;
    throw error;
  }
}
