/** The function by which the model says that only a person can continue. */
import { z } from 'zod';
import { readJson } from '../../../workflows/contract/json/json-text.ts';
import { isFileCall } from './file-function.ts';
import type { FunctionTool, ModelResponse, PersonOnly } from '../../ports.ts';
import { cutText } from '../../../workflows/contract/cut-text.ts';

const ArgumentsSchema = z.object({
  kind: z.enum(['captcha', 'password_change', 'payment', 'other']),
  why: z.string(),
});

export const personFunction: FunctionTool = {
  name: 'needs_person',
  description:
    'Stops the work because only a person can go on: a captcha, a change of password, a payment, or a log-in that you have no secret for. Say what you have found so far before you call it.',
  parameters: {
    type: 'object',
    properties: {
      kind: { type: 'string', enum: ['captcha', 'password_change', 'payment', 'other'] },
      why: { type: 'string', description: 'one sentence for the person' },
    },
    required: ['kind', 'why'],
    additionalProperties: false,
  },
};

const kinds: Readonly<Record<PersonOnly | 'other', string>> = {
  captcha: 'solving a captcha',
  password_change: 'changing a password',
  payment: 'paying',
  other: 'going on',
};

/** One sentence; the details from the model or the page follow it. */
export function personMessage(kind: PersonOnly | 'other', detail: string): string {
  return `${kinds[kind]} is left to a person: ${detail}`;
}

/** The reason why the model asks for a person, or undefined. */
export function askedForPerson({ functionCalls }: ModelResponse): string | undefined {
  const call = functionCalls.find((candidate) => !isFileCall(candidate));
  if (call === undefined) return undefined;
  const parsed = ArgumentsSchema.safeParse(jsonOf(call.arguments));
  const { kind, why } = parsed.success ? parsed.data : { kind: 'other' as const, why: 'the model did not say why' };
  return personMessage(kind, cutText(why, 500));
}

function jsonOf(text: string): unknown {
  try {
    return readJson(text);
  } catch {
    return undefined;
  }
}
