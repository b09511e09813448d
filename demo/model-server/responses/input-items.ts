/** Reads the items of a request's input: each as it was sent, and the parts that the conversation needs. */
import { z } from 'zod';
import { invalidRequest, type CallTool } from '../http/api-error.ts';
import type { Screenshot } from '../brains/brain.ts';
import { check } from '../check.ts';
import { newId } from '../ids.ts';
import { decodeImage } from './images.ts';
import { imageTokens, textTokens } from './usage.ts';

interface Item {
  /** The item as `input_items` lists it: as it was sent, with an id. */
  readonly wire: Readonly<Record<string, unknown>> & { readonly id: string };
  readonly tokens: number;
}

export type InputItem = Item &
  (
    | {
        readonly kind: 'message';
        readonly role: 'user' | 'assistant' | 'system' | 'developer';
        readonly text: string;
        readonly image: Screenshot | null;
      }
    | {
        readonly kind: 'call';
        readonly tool: CallTool;
        readonly callId: string;
        readonly safetyChecks: readonly string[];
      }
    | {
        readonly kind: 'call_output';
        readonly tool: CallTool;
        readonly callId: string;
        readonly text: string;
        readonly image: Screenshot | null;
        readonly acknowledged: readonly string[];
      }
    | { readonly kind: 'other' }
  );

const MessageSchema = z.looseObject({
  role: z.enum(['user', 'assistant', 'system', 'developer']),
  content: z.union(
    [z.string(), z.array(z.looseObject({ type: z.string() }))],
    'expected a string or an array of parts',
  ),
});
const TextPartSchema = z.looseObject({ text: z.string() });
const ImageSchema = z.looseObject({ image_url: z.string().nullish(), file_id: z.string().nullish() });
const ChecksSchema = z.array(z.looseObject({ id: z.string() })).nullish();
const CallSchema = z.looseObject({ call_id: z.string(), pending_safety_checks: ChecksSchema });
const OutputSchema = z.looseObject({
  call_id: z.string(),
  // Both spellings are in use and accepted.
  output: ImageSchema.extend({ type: z.enum(['computer_screenshot', 'input_image']) }),
  acknowledged_safety_checks: ChecksSchema,
});
const FunctionCallSchema = z.looseObject({ call_id: z.string(), name: z.string(), arguments: z.string() });
const FunctionOutputSchema = z.looseObject({
  call_id: z.string(),
  output: z.union([z.string(), z.array(z.looseObject({ type: z.string() }))], 'expected a string or an array of parts'),
});
const TypeSchema = z.looseObject({ type: z.string().default('message') });

export function readInput(input: string | readonly unknown[]): readonly InputItem[] {
  const items = typeof input === 'string' ? [{ role: 'user', content: input }] : input;
  return items.map((raw, index) => readItem(raw, `input[${index}]`));
}

function readItem(raw: unknown, at: string): InputItem {
  const { type, ...rest } = check(TypeSchema, raw, at);
  switch (type) {
    case 'message':
      return readMessage(raw, at);
    case 'computer_call': {
      const { call_id: callId, pending_safety_checks: checks } = check(CallSchema, raw, at);
      const wire = { id: newId('cu'), ...rest, type };
      return { kind: 'call', tool: 'computer', wire, tokens: sizeOf(wire), callId, safetyChecks: idsOf(checks) };
    }
    case 'computer_call_output': {
      const output = check(OutputSchema, raw, at);
      const image = readImage(output.output, `${at}.output.image_url`);
      const acknowledged = idsOf(output.acknowledged_safety_checks);
      const wire = { id: newId('cuo'), status: 'completed', ...rest, type };
      const content = { text: '', image, tokens: imageTokens(image), acknowledged };
      return { kind: 'call_output', tool: 'computer', wire, callId: output.call_id, ...content };
    }
    case 'function_call': {
      const { call_id: callId } = check(FunctionCallSchema, raw, at);
      const wire = { id: newId('fc'), ...rest, type };
      return { kind: 'call', tool: 'function', wire, tokens: sizeOf(wire), callId, safetyChecks: [] };
    }
    case 'function_call_output': {
      const { call_id: callId, output } = check(FunctionOutputSchema, raw, at);
      const wire = { id: newId('fco'), status: 'completed', ...rest, type };
      const content = readContent(output, `${at}.output`);
      return { kind: 'call_output', tool: 'function', wire, callId, acknowledged: [], ...content };
    }
    case 'item_reference':
      throw invalidRequest('Item references are not supported by this stand-in.', at);
    default: {
      const wire = { id: newId('item'), ...rest, type };
      return { kind: 'other', wire, tokens: sizeOf(wire) };
    }
  }
}

function readMessage(raw: unknown, at: string): InputItem {
  const message = check(MessageSchema, raw, at);
  const { content, role } = message;
  const parts = typeof content === 'string' ? [{ type: 'input_text', text: content }] : content;
  const wire = { id: newId('msg'), ...message, type: 'message', status: 'completed', content: parts };
  return { kind: 'message', wire, role, ...readContent(content, `${at}.content`) };
}

interface Told {
  readonly text: string;
  /** Its last picture. */
  readonly image: Screenshot | null;
  readonly tokens: number;
}

function readContent(content: z.infer<typeof MessageSchema>['content'], at: string): Told {
  if (typeof content === 'string') return { text: content, image: null, tokens: textTokens(content) };
  const texts: string[] = [];
  const images: Screenshot[] = [];
  for (const [index, part] of content.entries()) {
    const partAt = `${at}[${index}]`;
    if (part.type === 'input_text' || part.type === 'output_text') {
      texts.push(check(TextPartSchema, part, partAt).text);
    } else if (part.type === 'input_image') {
      images.push(readImage(check(ImageSchema, part, partAt), `${partAt}.image_url`));
    } else if (part.type !== 'refusal') {
      throw invalidRequest(`Invalid value: '${part.type}'.`, `${partAt}.type`, 'invalid_value');
    }
  }
  const text = texts.join('\n');
  const tokens = textTokens(text) + images.reduce((sum, image) => sum + imageTokens(image), 0);
  return { text, image: images.at(-1) ?? null, tokens };
}

function readImage(image: z.infer<typeof ImageSchema>, param: string): Screenshot {
  if (typeof image.image_url === 'string') return decodeImage(image.image_url, param);
  if (typeof image.file_id === 'string') {
    throw invalidRequest(`File '${image.file_id}' not found.`, param, 'image_file_not_found');
  }
  throw invalidRequest(`Missing required parameter: '${param}'.`, param, 'missing_required_parameter');
}

function idsOf(checks: z.infer<typeof ChecksSchema>): readonly string[] {
  return (checks ?? []).map(({ id }) => id);
}

function sizeOf(value: unknown): number {
  return textTokens(JSON.stringify(value));
}
