/** Puts a brain's answer into the items of a response, in the form of the computer tool that was asked for. */
import type { BrainAnswer, ComputerAction, SafetyCheck } from './brain.ts';
import { newId } from './ids.ts';
import { textTokens } from './usage.ts';

export interface ReasoningItem {
  readonly type: 'reasoning';
  readonly id: string;
  readonly summary: readonly [];
  readonly encrypted_content: string;
}

export type MessagePart =
  | {
      readonly type: 'output_text';
      readonly text: string;
      readonly annotations: readonly [];
      readonly logprobs: readonly [];
    }
  | { readonly type: 'refusal'; readonly refusal: string };

export interface MessageItem {
  readonly type: 'message';
  readonly id: string;
  readonly role: 'assistant';
  readonly status: 'completed' | 'incomplete';
  readonly phase: 'commentary' | 'final_answer';
  readonly content: readonly MessagePart[];
}

interface Call {
  readonly type: 'computer_call';
  readonly id: string;
  readonly call_id: string;
  readonly status: 'completed';
  readonly pending_safety_checks: readonly SafetyCheck[];
}
export type ComputerCallItem = Call &
  ({ readonly actions: readonly ComputerAction[] } | { readonly action: ComputerAction });

export type OutputItem = ReasoningItem | MessageItem | ComputerCallItem;

/** Throws when the answer isn't one that a model could give to this request. */
export function outputItems(answer: BrainAnswer, tool: 'ga' | 'preview' | null): readonly OutputItem[] {
  if (answer.kind === 'computer') {
    const said = answer.say === undefined ? [] : [message(textPart(answer.say), 'commentary')];
    return [reasoning(), ...said, computerCall(answer.actions, answer.safetyChecks ?? [], tool)];
  }
  const part: MessagePart = answer.kind === 'text' ? textPart(answer.text) : { type: 'refusal', refusal: answer.text };
  return [reasoning(), message(part, 'final_answer')];
}

/** The beginning of an answer that was cut: half a text, and no call, which would not be whole. */
export function cutItems(items: readonly OutputItem[]): readonly OutputItem[] {
  return items.flatMap((item): readonly OutputItem[] => {
    if (item.type === 'computer_call') return [];
    if (item.type === 'reasoning') return [item];
    return [{ ...item, status: 'incomplete', content: item.content.map(halve) }];
  });
}

export function outputTokens(items: readonly OutputItem[]): number {
  return items.reduce(
    (sum, item) => sum + (item.type === 'reasoning' ? 0 : textTokens(JSON.stringify(contentOf(item)))),
    0,
  );
}

export function computerActions(item: ComputerCallItem): readonly ComputerAction[] {
  return 'actions' in item ? item.actions : [item.action];
}

function contentOf(item: MessageItem | ComputerCallItem): unknown {
  return item.type === 'message' ? item.content : computerActions(item);
}

function computerCall(
  actions: readonly ComputerAction[],
  checks: readonly SafetyCheck[],
  tool: 'ga' | 'preview' | null,
): ComputerCallItem {
  if (tool === null) throw new Error('The brain asked for computer actions, and the request has no computer tool.');
  const call = {
    type: 'computer_call' as const,
    id: newId('cu'),
    call_id: newId('call'),
    status: 'completed' as const,
    pending_safety_checks: checks,
  };
  const [first, ...others] = actions;
  if (first === undefined) throw new Error('The brain asked for no actions.');
  if (tool === 'ga') return { ...call, actions };
  if (others.length > 0) throw new Error('The brain asked for several actions at once; the preview tool takes one.');
  return { ...call, action: first };
}

function reasoning(): ReasoningItem {
  const id = newId('rs');
  return { type: 'reasoning', id, summary: [], encrypted_content: Buffer.from(id).toString('base64') };
}

function message(part: MessagePart, phase: MessageItem['phase']): MessageItem {
  return { type: 'message', id: newId('msg'), role: 'assistant', status: 'completed', phase, content: [part] };
}

function textPart(text: string): MessagePart {
  return { type: 'output_text', text, annotations: [], logprobs: [] };
}

function halve(part: MessagePart): MessagePart {
  if (part.type === 'refusal') return { ...part, refusal: part.refusal.slice(0, part.refusal.length / 2) };
  return { ...part, text: part.text.slice(0, part.text.length / 2) };
}
