/** What this machine, or this container, has left for warm browsers: memory and processor time. */
import { cpus } from 'node:os';

/** What a browser with its host takes before it has loaded a page, at most. */
const browserBytes = 300 * 2 ** 20;
/** Kept free for each session that may run. */
const sessionBytes = 512 * 2 ** 20;

/** `available` is the memory of the machine that is free, or what the container's limit leaves of it. */
export function roomOf(
  sessions: number,
  available: number = process.availableMemory(),
): 'for_more' | 'for_these' | 'too_little' {
  const kept = sessions * sessionBytes;
  if (available >= kept + browserBytes) return 'for_more';
  return available >= kept / 2 ? 'for_these' : 'too_little';
}

/** Above this the start of a browser would slow down what runs. */
const busyShare = 0.7;

/** Tells whether the machine was idle since the last call. */
export function createIdleness(read: () => { readonly busy: number; readonly all: number } = times): () => boolean {
  let last = read();
  return () => {
    const now = read();
    const all = now.all - last.all;
    const share = all === 0 ? 1 : (now.busy - last.busy) / all;
    last = now;
    return share < busyShare;
  };
}

function times(): { readonly busy: number; readonly all: number } {
  let busy = 0;
  let idle = 0;
  for (const { times: of } of cpus()) {
    busy += of.user + of.nice + of.sys + of.irq;
    idle += of.idle;
  }
  return { busy, all: busy + idle };
}
