/** Calls a function one time after the other, however many callers there are: a newer checkpoint is written after an older one. */
export function inOrder<Parameters extends readonly unknown[]>(
  work: (...parameters: Parameters) => Promise<void>,
): (...parameters: Parameters) => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  return (...parameters) => {
    const next = last.then(() => work(...parameters));
    // The caller handles a failure; the next call is tried all the same.
    last = next.catch(() => undefined);
    return next;
  };
}
