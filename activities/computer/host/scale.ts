/**
 * How much memory a browser takes, read again only when that is old or near the limit: to look at every process of a
 * machine takes longer than a turn does otherwise.
 */
const freshMilliseconds = 30_000;

export function createScale(read: () => Promise<number>, limitBytes: number): () => Promise<number> {
  let newest: { readonly at: number; readonly bytes: number } | null = null;
  return async () => {
    const isFresh = newest !== null && performance.now() - newest.at < freshMilliseconds;
    if (newest !== null && isFresh && newest.bytes < limitBytes / 2) return newest.bytes;
    newest = { at: performance.now(), bytes: await read() };
    return newest.bytes;
  };
}
