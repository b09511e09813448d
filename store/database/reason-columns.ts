/** Reasons as columns. Their messages may be of foreign origin, so they are made storable here. */
import type { Reason } from '../../workflows/contract/failures.ts';
import { storableText } from '../../workflows/contract/cut-text.ts';

export function reasonText(reason: Reason | null): string | null {
  return reason === null ? null : JSON.stringify({ ...reason, message: storableText(reason.message) });
}

/** The columns of a batch item. */
export function errorColumns(reason: Reason | null) {
  return { error: reasonText(reason), error_type: reason?.type ?? null };
}
