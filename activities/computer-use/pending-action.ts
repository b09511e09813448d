/** What a browser that survived its worker knows about the actions that the checkpoint is not certain of. Pure. */
import type { Standing } from './host/connection/protocol.ts';
import type { Checkpoint, PendingCall } from './loop/checkpoint.ts';
import type { BrowserMark } from '../ports.ts';

/**
 * The call that the model waits for, with the certainty of the browser that was to perform it: an action that was marked
 * as begun is done, or never reached the browser, or was refused by it; only one that broke off stays uncertain.
 */
export function settlePendingCall(checkpoint: Checkpoint, mark: BrowserMark, standing: Standing): PendingCall | null {
  const { call } = checkpoint;
  if (call === null || !call.begun) return call;
  if (standing.actions === mark.actions) return { ...call, begun: false };
  if (standing.actions !== mark.actions + 1) return call;
  switch (standing.newest?.state) {
    case 'done':
      return { ...call, done: call.done + 1, begun: false };
    case 'not_done':
      return { ...call, begun: false, problem: standing.newest.why };
    case 'uncertain':
    case undefined:
      return call;
  }
}
