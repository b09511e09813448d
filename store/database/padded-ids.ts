/** For lists of ids in statements: repeats the last id up to a power of two, so that few different statements are prepared. */
export function paddedIds(ids: readonly string[]): readonly string[] {
  const wanted = 2 ** Math.ceil(Math.log2(Math.max(1, ids.length)));
  return [...ids, ...Array.from({ length: wanted - ids.length }, () => ids.at(-1) ?? '')];
}
