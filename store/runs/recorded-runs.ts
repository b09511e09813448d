/**
 * Tells whoever listens in this process of each run whose row it has just written: metrics, which must not make the store ask more.
 * A transaction that is repeated after a conflict tells of its run again.
 */
import { channel } from 'node:diagnostics_channel';
import type { Run } from '../../workflows/contract/runs/run.ts';

const recorded = channel('lodestone.run');

export function tellOfRun(run: Run): void {
  recorded.publish(run);
}

/** The listener must not throw. Returns a function that ends it. */
export function onRecordedRun(listener: (run: Run) => void): () => void {
  // Only this file publishes on the channel.
  const heard = (message: unknown): void => {
    if (isRun(message)) listener(message);
  };
  recorded.subscribe(heard);
  return () => {
    recorded.unsubscribe(heard);
  };
}

function isRun(message: unknown): message is Run {
  return typeof message === 'object' && message !== null && 'kind' in message && 'endedMs' in message;
}
