/** Builds the model request of one item, and bounds its input tokens so that no tokenizer can exceed the bound. */
import type { BatchDefinition, BatchItemInput } from '../../../workflows/contract/batches/schema.ts';
import { fillTemplate } from '../../../workflows/contract/lead-magnets/template.ts';
import type { ModelRequest } from '../../ports.ts';

export interface ItemRequest {
  readonly request: ModelRequest;
  /** Upper bound: one token a byte, and the messages' framing. */
  readonly mostInputTokens: number;
  /** Estimate, for the limits of tokens a minute. */
  readonly likelyInputTokens: number;
}

/** The key of an item's attempt: sent with the call, and returned in the provider's events. */
export function itemCallKey(batchId: string, item: { readonly position: number; readonly attempts: number }): string {
  return `${batchId}/${item.position}/${item.attempts}`;
}

/** Tokens of the messages' framing. */
export const frameTokens = 200;
export const bytesAToken = 4;

export function itemRequest(definition: BatchDefinition, item: BatchItemInput, callSeconds: number): ItemRequest {
  const { model, instructions, prompt, outputSchema, maxOutputTokens, reasoningEffort } = definition;
  const text = fillTemplate(prompt, { item }, 'text');
  const schema = outputSchema === null ? '' : JSON.stringify(outputSchema);
  const bytes = Buffer.byteLength(text) + Buffer.byteLength(instructions ?? '') + Buffer.byteLength(schema);
  return {
    request: {
      model,
      ...(instructions === null ? {} : { instructions }),
      input: [{ type: 'text', text }],
      previousResponseId: null,
      computer: null,
      outputSchema,
      reasoningEffort,
      maxOutputTokens,
      timeoutMilliseconds: callSeconds * 1000,
    },
    mostInputTokens: bytes + frameTokens,
    likelyInputTokens: Math.ceil(bytes / bytesAToken) + frameTokens / bytesAToken,
  };
}
