/** Produces the answer of one response from the brain or from a fault, and counts the tokens. */
import type { Brain, BrainAnswer, Turn } from '../brains/brain.ts';
import type { Fault } from '../faults.ts';
import { cutItems, outputItems, outputTokens, type OutputItem } from '../responses/output-items.ts';
import { endedWithNothing, nowInSeconds, type ResponseEnd } from '../responses/response-object.ts';
import { usageOf } from '../responses/usage.ts';

export interface WorkResult extends ResponseEnd {
  readonly memory?: unknown;
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
  // The answer of a fault does not change the brain's memory: the turn can be repeated from the same parent.
  const answer = faultyAnswer(fault, turn) ?? (await brain.answer(turn));
  const whole = outputItems(answer, turn);
  const isLong = maximum !== null && outputTokens(whole) > maximum;
  const items = isLong ? cutItems(whole) : whole;
  const isCut = isLong || answer.kind === 'incomplete';
  return {
    status: isCut ? 'incomplete' : 'completed',
    completed_at: nowInSeconds(),
    output: fault?.kind === 'duplicate' ? twice(items) : items,
    error: null,
    incomplete_details: isCut ? { reason: reasonOf(answer) } : null,
    usage: usageOf({ ...tokens, output: isLong ? maximum : outputTokens(items) }),
    memory: answer.memory,
  };
}

function reasonOf(answer: BrainAnswer): string {
  return answer.kind === 'incomplete' ? (answer.reason ?? 'max_output_tokens') : 'max_output_tokens';
}

/** Repeats each output item of the answer, with the same ids. */
function twice(items: readonly OutputItem[]): readonly OutputItem[] {
  return items.flatMap((item): readonly OutputItem[] => (item.type === 'reasoning' ? [item] : [item, item]));
}

function faultyAnswer(fault: Fault | null, { memory }: Turn): BrainAnswer | null {
  if (fault?.kind === 'refusal') return { kind: 'refusal', text: "I'm sorry, but I can't help with that.", memory };
  if (fault?.kind === 'incomplete')
    return { kind: 'incomplete', text: 'I have looked at what I was sent, and', memory };
  return null;
}

function failed({ memory }: Turn): WorkResult {
  const message = 'The server had an error while processing your request.';
  return { ...endedWithNothing, status: 'failed', error: { code: 'server_error', message }, memory };
}
