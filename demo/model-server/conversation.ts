/** How a request goes on from what was said before: which calls it must close, and what of it is new. */
import { missingToolOutput, unacknowledgedSafetyChecks, unknownToolCall } from './api-error.ts';
import type { Screenshot } from './brain.ts';
import type { InputItem } from './input-items.ts';

/** Computer calls that no output has answered yet, with the safety checks that they wait for. */
export type OpenCalls = ReadonlyMap<string, readonly string[]>;

/** Refuses an input that leaves a call open, answers one that was not made, or passes over a safety check. */
export function checkCalls(open: OpenCalls, items: readonly InputItem[]): void {
  const waiting = new Map(open);
  for (const item of items) {
    if (item.kind === 'computer_call') waiting.set(item.callId, item.safetyChecks);
    if (item.kind !== 'computer_call_output') continue;
    const checks = waiting.get(item.callId);
    if (checks === undefined) throw unknownToolCall(item.callId);
    const missing = checks.filter((id) => !item.acknowledged.includes(id));
    if (missing.length > 0) throw unacknowledgedSafetyChecks(missing);
    waiting.delete(item.callId);
  }
  const [unanswered] = waiting.keys();
  if (unanswered !== undefined) throw missingToolOutput(unanswered);
}

export interface SplitInput {
  /** Turns that the request replays, up to the model's last output. */
  readonly replayed: readonly InputItem[];
  readonly fresh: readonly InputItem[];
}

/** A client that keeps no state on the server sends the whole conversation: only its end is new to the model. */
export function splitInput(items: readonly InputItem[]): SplitInput {
  const last = items.findLastIndex(isOutput);
  return { replayed: items.slice(0, last + 1), fresh: items.slice(last + 1) };
}

function isOutput(item: InputItem): boolean {
  if (item.kind === 'message') return item.role === 'assistant';
  return item.kind === 'computer_call' || item.wire['type'] === 'reasoning';
}

/** What the user and the system say in these items. */
export function textsOf(items: readonly InputItem[]): readonly string[] {
  return items.flatMap((item) =>
    item.kind === 'message' && item.role !== 'assistant' && item.text !== '' ? [item.text] : [],
  );
}

export function newestImage(items: readonly InputItem[]): Screenshot | null {
  return items.findLast(hasImage)?.image ?? null;
}

function hasImage(item: InputItem): item is InputItem & { readonly image: Screenshot } {
  return (item.kind === 'message' || item.kind === 'computer_call_output') && item.image !== null;
}

export function answeredCalls(items: readonly InputItem[]): readonly string[] {
  return items.flatMap((item) => (item.kind === 'computer_call_output' ? [item.callId] : []));
}

export function tokensOf(items: readonly InputItem[]): number {
  return items.reduce((sum, item) => sum + item.tokens, 0);
}
