/** The body of `POST /v1/responses`. Fields of the real API that are not needed here are ignored. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { invalidRequest } from '../http/api-error.ts';
import { check } from '../check.ts';
import { readInput, type InputItem } from './input-items.ts';
import type { JsonSchema, ToolDefinition } from '../brains/brain.ts';

const ToolSchema = z.looseObject({ type: z.string() });
const PreviewToolSchema = z.looseObject({
  display_width: z.number().int().positive(),
  display_height: z.number().int().positive(),
  environment: z.enum(['windows', 'mac', 'linux', 'ubuntu', 'browser']),
});

const CreateSchema = z.looseObject({
  model: z.string(),
  input: z.union([z.string(), z.array(z.looseObject({}))], 'expected a string or an array of items').optional(),
  instructions: z.string().nullish(),
  previous_response_id: z.string().nullish(),
  tools: z.array(ToolSchema).nullish(),
  truncation: z.enum(['auto', 'disabled']).nullish(),
  text: z.looseObject({ format: z.looseObject({ type: z.string() }).optional() }).nullish(),
  background: z.boolean().nullish(),
  store: z.boolean().nullish(),
  stream: z.boolean().nullish(),
  metadata: z.record(z.string(), z.string()).nullish(),
  max_output_tokens: z.number().int().min(16).nullish(),
});

const FormatSchema = z.looseObject({ name: z.string(), schema: z.record(z.string(), z.unknown()) });

export interface CreateRequest {
  readonly model: string;
  readonly items: readonly InputItem[];
  readonly instructions: string | null;
  readonly previousResponseId: string | null;
  readonly tools: readonly ToolDefinition[];
  readonly computerTool: 'ga' | 'preview' | null;
  readonly truncation: 'auto' | 'disabled';
  readonly text: Readonly<Record<string, unknown>>;
  readonly outputSchema: JsonSchema | null;
  readonly background: boolean;
  readonly store: boolean;
  readonly stream: boolean;
  readonly metadata: Readonly<Record<string, string>>;
  readonly maxOutputTokens: number | null;
  /** The body as it was sent, with the ids of its items. Reading it again gives the same request. */
  readonly body: Readonly<Record<string, unknown>>;
  /** A hash of everything that the answer depends on, except the parent. Equal hashes mean that a request was repeated. */
  readonly inputSha256: string;
}

export function readRequest(raw: unknown): CreateRequest {
  // An empty body is refused because of the missing model, as by the API.
  const body = check(CreateSchema, raw ?? {});
  if (body.input === undefined) {
    throw invalidRequest("Missing required parameter: 'input'.", 'input', 'missing_required_parameter');
  }
  const items = readInput(body.input);
  const tools = body.tools ?? [];
  const truncation = body.truncation ?? 'disabled';
  const background = body.background ?? false;
  const store = body.store ?? true;
  if (background && !store) throw invalidRequest("Background mode requires 'store' to be true.", 'background');
  return {
    model: body.model,
    items,
    instructions: body.instructions ?? null,
    previousResponseId: body.previous_response_id ?? null,
    tools,
    computerTool: computerToolOf(tools, truncation),
    truncation,
    text: body.text ?? { format: { type: 'text' } },
    outputSchema: outputSchemaOf(body.text?.format),
    background,
    store,
    stream: body.stream ?? false,
    metadata: body.metadata ?? {},
    maxOutputTokens: body.max_output_tokens ?? null,
    body: { ...body, input: items.map(({ wire }) => wire) },
    inputSha256: hash([body.model, body.instructions ?? null, body.input, tools, body.text ?? null]),
  };
}

function computerToolOf(tools: readonly z.infer<typeof ToolSchema>[], truncation: string): 'ga' | 'preview' | null {
  const index = tools.findIndex(({ type }) => type === 'computer_use_preview');
  if (index === -1) return tools.some(({ type }) => type === 'computer') ? 'ga' : null;
  check(PreviewToolSchema, tools[index], `tools[${index}]`);
  if (truncation !== 'auto') {
    throw invalidRequest("The computer_use_preview tool requires 'truncation' to be 'auto'.", 'truncation');
  }
  return 'preview';
}

function outputSchemaOf(format: { readonly type: string } | undefined): JsonSchema | null {
  if (format === undefined || format.type === 'text') return null;
  if (format.type === 'json_object') return { type: 'object' };
  return check(FormatSchema, format, 'text.format').schema;
}

function hash(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
