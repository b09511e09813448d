/** Tools that need no model: the worker answers them. */
import { z } from 'zod';
import type { Tool } from './tool.ts';

const ListedProviderSchema = z.object({
  name: z.string().describe('may stand before the name of a model, as in glm/glm-5.2'),
  hasKey: z.boolean().describe('whether its key is set; a server of the operator may need none'),
  problem: z.string().nullable().describe('why it cannot be asked; null when it can'),
  serves: z.string(),
  models: z.array(
    z.object({ name: z.string(), isPriced: z.boolean().describe('a model without a known price is refused') }),
  ),
});
/** A provider as the tool tells of it. */
export type ListedProvider = z.infer<typeof ListedProviderSchema>;

export const ModelsSchema = z.object({
  default: z.string().describe('asked where a call names no model'),
  expert: z.string().describe('asked for expert calls that name no model'),
  priced: z.array(z.string()).describe('other models that the operator has given a price'),
  providers: z
    .array(ListedProviderSchema)
    .describe('every provider that is configured or known, in the order of routing'),
});

export const ToolStatusSchema = z.object({
  requests: z.object({ queued: z.int(), running: z.int(), ended: z.int() }).describe('in conversations that are kept'),
  tools: z.array(z.object({ name: z.string(), title: z.string(), requestSeconds: z.number().nullable() })),
});

const NothingSchema = z.strictObject({});

const common = { instructions: '', expertInstructions: null, input: NothingSchema, sample: () => ({}) } as const;

export const listModels: Tool = {
  ...common,
  name: 'list_models',
  title: 'List models',
  description:
    'Lists the providers of models with their models, whether their keys are set and prices known, and which models are the defaults. It asks no model.',
  output: z.object({ status: z.literal('complete'), models: ModelsSchema.nullable(), next: z.string() }),
  read: (raw) => ({ ...NothingSchema.parse(raw), local: 'models' }),
};

export const status: Tool = {
  ...common,
  name: 'status',
  title: 'Status',
  description: 'Tells the requests under way, and the tools with their limits. It asks no model.',
  output: z.object({ status: z.literal('complete'), state: ToolStatusSchema.nullable(), next: z.string() }),
  read: (raw) => ({ ...NothingSchema.parse(raw), local: 'status' }),
};
