/** Makes the answer of one response: asks the brain, or lets a fault answer in its place, and counts the tokens. */
import type { Brain, BrainAnswer, Turn } from './brain.ts';
import type { OpenCalls } from './conversation.ts';
import type { Fault } from './faults.ts';
import { cutItems, outputItems, outputTokens, type OutputItem } from './output-items.ts';
import type { ResponseObject } from './response-object.ts';
import { usageOf } from './usage.ts';

export interface WorkResult extends Pick<
  ResponseObject,
  'status' | 'output' | 'error' | 'incomplete_details' | 'usage'
> {
  readonly memory: unknown;
  readonly openCalls: OpenCalls;
  /** What the answer adds to the conversation. */
  readonly contextTokens: number;
}

export interface Work {
  readonly brain: Brain;
  readonly turn: Turn;
  readonly fault: Fault | null;
  readonly tokens: { readonly cached: number; readonly fresh: number };
  readonly maximum: number | null;
}

export async function work({ brain, turn, fault, tokens, maximum }: Work): Promise<WorkResult> {
  if (fault?.kind === 'failed') return failed(turn);
  // What a fault answers leaves the brain where it was: the turn can be had again from the same parent.
  const answer = faultyAnswer(fault, turn) ?? (await brain.answer(turn));
  const whole = outputItems(answer, turn.computerTool);
  const isCut = fault?.kind === 'incomplete' || (maximum !== null && outputTokens(whole) > maximum);
  const items = isCut ? cutItems(whole) : whole;
  const output = fault?.kind === 'duplicate' ? twice(items) : items;
  const spent = isCut && maximum !== null ? Math.min(outputTokens(whole), maximum) : outputTokens(items);
  return {
    status: isCut ? 'incomplete' : 'completed',
    output,
    error: null,
    incomplete_details: isCut ? { reason: 'max_output_tokens' } : null,
    usage: usageOf({ ...tokens, output: spent }),
    memory: answer.memory,
    openCalls: openCallsOf(items),
    contextTokens: spent,
  };
}

/** What the answer says and does comes two times, under the same ids. */
function twice(items: readonly OutputItem[]): readonly OutputItem[] {
  return items.flatMap((item): readonly OutputItem[] => (item.type === 'reasoning' ? [item] : [item, item]));
}

function faultyAnswer(fault: Fault | null, { memory }: Turn): BrainAnswer | null {
  if (fault?.kind === 'refusal') return { kind: 'refusal', text: "I'm sorry, but I can't help with that.", memory };
  if (fault?.kind === 'incomplete') return { kind: 'text', text: 'I have looked at what I was sent, and', memory };
  return null;
}

function failed({ memory }: Turn): WorkResult {
  const message = 'The server had an error while processing your request.';
  return {
    status: 'failed',
    output: [],
    error: { code: 'server_error', message },
    incomplete_details: null,
    usage: null,
    memory,
    openCalls: new Map(),
    contextTokens: 0,
  };
}

function openCallsOf(items: readonly OutputItem[]): OpenCalls {
  return new Map(
    items.flatMap((item) =>
      item.type === 'computer_call' ? [[item.call_id, item.pending_safety_checks.map(({ id }) => id)] as const] : [],
    ),
  );
}
