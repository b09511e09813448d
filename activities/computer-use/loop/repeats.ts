/**
 * Tells an endless loop: counts how often in a row the model chose the same actions on the same screen. Only a hash and two
 * numbers are kept, however long the loop runs.
 */
import { createHash } from 'node:crypto';
import type { Checkpoint, PendingCall } from './checkpoint.ts';

/** The count after an answer to a screen with this hash; an answer without actions ends a row. */
export function repeatsAfter(
  { repeats }: Pick<Checkpoint, 'repeats'>,
  screen: string,
  call: PendingCall | null,
): Checkpoint['repeats'] {
  if (call === null || call.actions.length === 0) return { ...repeats, hash: null, row: 0 };
  const hash = createHash('sha256')
    .update(JSON.stringify([screen, call.actions]))
    .digest('hex')
    .slice(0, hashLength);
  const row = repeats.hash === hash ? repeats.row + 1 : 1;
  return { hash, row, longest: Math.max(repeats.longest, row) };
}

/** Enough for one comparison with the turn before. */
const hashLength = 16;
