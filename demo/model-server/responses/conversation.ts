/** Relates a request to the conversation before it: the calls that it must answer, and its new items. */
import { missingToolOutput, unacknowledgedSafetyChecks, unknownToolCall, type CallTool } from '../http/api-error.ts';
import type { Screenshot } from '../brains/brain.ts';
import type { InputItem } from './input-items.ts';
import type { OutputItem } from './output-items.ts';

interface OpenCall {
  readonly tool: CallTool;
  readonly safetyChecks: readonly string[];
}

/** Calls without an output, by their call_id, with their pending safety checks. */
export type OpenCalls = ReadonlyMap<string, OpenCall>;

export function openCallsOf(output: readonly OutputItem[]): OpenCalls {
  const open = new Map<string, OpenCall>();
  for (const item of output) {
    if (item.type === 'function_call') open.set(item.call_id, { tool: 'function', safetyChecks: [] });
    if (item.type !== 'computer_call') continue;
    open.set(item.call_id, { tool: 'computer', safetyChecks: item.pending_safety_checks.map(({ id }) => id) });
  }
  return open;
}

/** Throws when the input leaves a call unanswered, answers an unknown call, or does not acknowledge a safety check. */
export function checkCalls(open: OpenCalls, items: readonly InputItem[]): void {
  const waiting = new Map(open);
  for (const item of items) {
    if (item.kind === 'call') waiting.set(item.callId, item);
    if (item.kind !== 'call_output') continue;
    const call = waiting.get(item.callId);
    if (call?.tool !== item.tool) throw unknownToolCall(item.callId, item.tool);
    const missing = call.safetyChecks.filter((id) => !item.acknowledged.includes(id));
    if (missing.length > 0) throw unacknowledgedSafetyChecks(missing);
    waiting.delete(item.callId);
  }
  const [unanswered] = waiting;
  if (unanswered !== undefined) throw missingToolOutput(unanswered[0], unanswered[1].tool);
}

export interface SplitInput {
  /** The replayed turns of the request, up to the model's last output. */
  readonly replayed: readonly InputItem[];
  readonly fresh: readonly InputItem[];
}

/** A stateless client sends the whole conversation. Only its last items are new. */
export function splitInput(items: readonly InputItem[]): SplitInput {
  const last = items.findLastIndex(isOutput);
  return { replayed: items.slice(0, last + 1), fresh: items.slice(last + 1) };
}

function isOutput(item: InputItem): boolean {
  if (item.kind === 'message') return item.role === 'assistant';
  return item.kind === 'call' || item.wire['type'] === 'reasoning';
}

/** The texts of the user, the system and the functions in these items. */
export function textsOf(items: readonly InputItem[]): readonly string[] {
  return items.flatMap((item) => {
    const isHeard = item.kind === 'call_output' || (item.kind === 'message' && item.role !== 'assistant');
    return isHeard && item.text !== '' ? [item.text] : [];
  });
}

export function newestImage(items: readonly InputItem[]): Screenshot | null {
  return items.findLast(hasImage)?.image ?? null;
}

function hasImage(item: InputItem): item is InputItem & { readonly image: Screenshot } {
  return (item.kind === 'message' || item.kind === 'call_output') && item.image !== null;
}

export function answeredCalls(items: readonly InputItem[]): readonly string[] {
  return items.flatMap((item) => (item.kind === 'call_output' ? [item.callId] : []));
}

export function tokensOf(items: readonly InputItem[]): number {
  return items.reduce((sum, item) => sum + item.tokens, 0);
}
