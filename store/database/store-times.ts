/** Tells how long the store takes, to whoever measures work that uses it: within the asynchronous context of that work. */
import { channel } from 'node:diagnostics_channel';

/** Messages are milliseconds. */
const storeTimes = channel('lodestone:store-times');

export function tellStoreTime(milliseconds: number): void {
  storeTimes.publish(milliseconds);
}

/** For the life of the process. */
export function onStoreTime(listener: (milliseconds: number) => void): void {
  storeTimes.subscribe((milliseconds) => {
    if (typeof milliseconds === 'number') listener(milliseconds);
  });
}

/** Runs work of the store that is no query, as of files, and tells how long it took. */
export async function timedStoreWork<Result>(work: () => Promise<Result>): Promise<Result> {
  const began = performance.now();
  try {
    return await work();
  } finally {
    tellStoreTime(performance.now() - began);
  }
}
