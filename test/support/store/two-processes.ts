/** A store as two processes have it open, and many calls at the same time, of which each process makes its part. */
import { openTemporary, temporaryPlace, type TestStore } from '../temporary-store.ts';

export async function twoProcesses(): Promise<readonly [TestStore, TestStore]> {
  const place = await temporaryPlace();
  return [await openTemporary(place), await openTemporary(place)];
}

/** Makes this number of calls at once; the stores take turns. */
export function atOnce<Result>(
  stores: readonly [TestStore, TestStore],
  count: number,
  call: (store: TestStore, index: number) => Promise<Result>,
): Promise<Result[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => call(stores[index % 2 === 0 ? 0 : 1], index)));
}
