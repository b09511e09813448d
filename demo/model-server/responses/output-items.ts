/** Converts a brain's answer to the output items of a response, for the computer tool of the request. */
import type { BrainAnswer, ComputerAction, FunctionCall, SafetyCheck, Turn } from '../brains/brain.ts';
import { newId } from '../ids.ts';
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

export interface FunctionCallItem {
  readonly type: 'function_call';
  readonly id: string;
  readonly call_id: string;
  readonly name: string;
  /** JSON. */
  readonly arguments: string;
  readonly status: 'completed';
}

export type OutputItem = ReasoningItem | MessageItem | ComputerCallItem | FunctionCallItem;

/** Throws when no model could give this answer to the request. */
export function outputItems(answer: BrainAnswer, turn: Turn): readonly OutputItem[] {
  switch (answer.kind) {
    case 'computer': {
      const call = computerCall(answer.actions, answer.safetyChecks ?? [], turn.computerTool);
      return [reasoning(), ...remark(answer.say), call];
    }
    case 'functions':
      if (answer.calls.length === 0) throw new Error('The brain called no functions.');
      return [reasoning(), ...remark(answer.say), ...answer.calls.map((call) => functionCall(call, turn))];
    case 'text':
      return [reasoning(), message(textPart(answer.text), 'final_answer')];
    case 'incomplete':
      return [reasoning(), { ...message(textPart(answer.text), 'final_answer'), status: 'incomplete' }];
    case 'refusal':
      return [reasoning(), message({ type: 'refusal', refusal: answer.text }, 'final_answer')];
  }
}

/** The output of an incomplete answer: half of the text, and no call. */
export function cutItems(items: readonly OutputItem[]): readonly OutputItem[] {
  return items.flatMap((item): readonly OutputItem[] => {
    if (item.type === 'computer_call' || item.type === 'function_call') return [];
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

function contentOf(item: Exclude<OutputItem, ReasoningItem>): unknown {
  if (item.type === 'function_call') return [item.name, item.arguments];
  return item.type === 'message' ? item.content : computerActions(item);
}

function functionCall({ name, arguments: given }: FunctionCall, { tools }: Turn): FunctionCallItem {
  const isOffered = tools?.some((tool) => tool.type === 'function' && tool['name'] === name) ?? false;
  if (!isOffered) throw new Error(`The brain called the function '${name}', which the request does not offer.`);
  return {
    type: 'function_call',
    id: newId('fc'),
    call_id: newId('call'),
    name,
    arguments: JSON.stringify(given),
    status: 'completed',
  };
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

function remark(text: string | undefined): readonly MessageItem[] {
  return text === undefined ? [] : [message(textPart(text), 'commentary')];
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
