/** A store as two processes have it open, and many calls at the same time, of which each process makes its part. */
import type { Store } from '../../store/store.ts';
import { openTemporary, temporaryPlace } from './temporary-store.ts';

export async function twoProcesses(): Promise<readonly [Store, Store]> {
  const place = await temporaryPlace();
  return [await openTemporary(place), await openTemporary(place)];
}

/** Makes so many calls at once, in turn by each store. */
export function atOnce<Result>(
  stores: readonly [Store, Store],
  count: number,
  call: (store: Store, index: number) => Promise<Result>,
): Promise<Result[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => call(stores[index % 2 === 0 ? 0 : 1], index)));
}
