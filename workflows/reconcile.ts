/** The regular look after batches, begun by a schedule: finds what was lost, heals what it can, alerts of the rest. */
import { proxyActivities, setCurrentDetails } from '@temporalio/workflow';
import { activityOptions } from './activity-options.ts';
import type { ReconcileActivities, ReconcileResult } from './contract/reconcile.ts';

export async function reconcile(): Promise<ReconcileResult> {
  const options = activityOptions({ kind: 'reconcile', queue: 'jobs', summary: 'look after batches' });
  const result = await proxyActivities<ReconcileActivities>(options).reconcileBatches();
  setCurrentDetails(JSON.stringify(result));
  return result;
}
