/**
 * Looks whether the provider has told meanwhile of calls that were given up as perhaps paid: their id is written down, and
 * the answer recorded like that of any other call that came to light late.
 */
import type { Store } from '../../store/store.ts';
import type { ProviderNews } from '../llm/provider-news.ts';
import { itemCallKey } from './item-request.ts';

/** Providers repeat what was not taken for so long. */
const patienceMilliseconds = 3 * 24 * 3_600_000;
const mostAtOnce = 500;

export async function findLost(
  looking: {
    readonly store: Pick<Store, 'batchHealth' | 'batchLanes'>;
    readonly news: ProviderNews;
    readonly now: () => number;
  },
  signal: AbortSignal,
): Promise<void> {
  const { store, news, now } = looking;
  if (!(await news.isHeard())) return;
  for (const item of await store.batchHealth.lost(now() - patienceMilliseconds, mostAtOnce)) {
    signal.throwIfAborted();
    const responseId = await news.responseTo(itemCallKey(item.batchId, item), signal);
    if (responseId !== null) await store.batchLanes.orphaned(item.batchId, item.position, responseId);
  }
}
