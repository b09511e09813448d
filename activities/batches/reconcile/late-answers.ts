/**
 * Finds the outcome of items that ended as `uncertain`: meanwhile the provider may have sent an event about the call, or a slow
 * worker may have stored the response's id. The call's outcome, an answer or a failure, is then recorded.
 */
import type { OrphanedItem } from '../../../store/batches/batch-health.ts';
import type { Stores } from '../../../store/store.ts';
import { createReaderOrNone } from '../../output-schema.ts';
import type { ProviderEventLookup } from '../../llm/provider-event-lookup.ts';
import type { Model } from '../../ports.ts';
import { judgeResponse } from '../partition/item-end.ts';
import { itemCallKey } from '../partition/item-request.ts';

export interface LateAnswerDependencies {
  readonly stores: Stores;
  readonly model: Model;
  readonly eventLookup: ProviderEventLookup;
  readonly now: () => number;
}

/** Providers redeliver unacknowledged events for this long. */
const patienceMilliseconds = 3 * 24 * 3_600_000;
const mostAtOnce = 500;

/** Returns how many items were recorded. */
export async function recordLateAnswers(dependencies: LateAnswerDependencies, signal: AbortSignal): Promise<number> {
  const { stores, now } = dependencies;
  const since = now() - patienceMilliseconds;
  await findLost(dependencies, since, signal);
  let recorded = 0;
  for (const orphan of await stores.acrossTenants.batchHealth.orphans(since, mostAtOnce)) {
    signal.throwIfAborted();
    if (await record(dependencies, orphan, signal)) recorded += 1;
  }
  return recorded;
}

/** Stores the ids of lost responses that the provider's events have named. */
async function findLost(
  { stores, eventLookup }: LateAnswerDependencies,
  since: number,
  signal: AbortSignal,
): Promise<void> {
  if (!(await eventLookup.isHeard())) return;
  for (const item of await stores.acrossTenants.batchHealth.lost(since, mostAtOnce)) {
    signal.throwIfAborted();
    const responseId = await eventLookup.responseTo(itemCallKey(item.batchId, item), signal);
    if (responseId !== null) {
      await stores
        .forTenant(item.tenant)
        .batchPartitions.recordOrphanedResponse(item.batchId, item.position, responseId);
    }
  }
}

async function record(
  { stores, model, now }: LateAnswerDependencies,
  orphan: OrphanedItem,
  signal: AbortSignal,
): Promise<boolean> {
  const store = stores.forTenant(orphan.tenant);
  const definition = await store.batches.definition(orphan.batchId);
  // When the provider does not answer now, the next run asks again.
  const response = await model.retrieve(orphan.responseId, definition.model, signal).catch(() => null);
  if (response === null || response.status === 'pending') return false;
  const read = await createReaderOrNone(definition.outputSchema, { owner: orphan.batchId, signal });
  const verdict = await judgeResponse(response, read, signal);
  const isAnswer = verdict.kind === 'succeeded';
  await store.lateAnswers.record(orphan, {
    ...(isAnswer ? { output: verdict.output, reason: null } : { output: null, reason: verdict.reason }),
    usage: response.usage,
    now: now(),
  });
  const what = isAnswer ? 'its answer was recorded' : `it had failed: ${verdict.reason.message}`;
  const message = `the call of item ${orphan.position}, taken for lost, was found; ${what}`;
  await store.events.append({ jobId: orphan.batchId, type: 'batch.item_recovered', message });
  return true;
}
