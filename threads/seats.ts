/** Lets so many pieces of work run at once; the others wait in their order. */
export function createSeats(most: number): <Result>(work: () => Promise<Result>) => Promise<Result> {
  let free = most;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      // The seat is handed on, so that nobody who comes just now takes it first.
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}
