/** What a browser that survived its worker knows about actions that the checkpoint is uncertain of. Pure. */
import type { Standing } from './host/connection/protocol.ts';
import type { Checkpoint, PendingCall } from './loop/checkpoint.ts';
import type { BrowserMark } from '../ports.ts';

/**
 * The pending call, completed by what the browser knows: an action that was marked as begun has run, or never reached
 * the browser, or was refused by it. Only an action that broke off stays uncertain.
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
