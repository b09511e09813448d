/** What one item asks of the model, and the most that it can cost: an upper bound that no tokenizer can exceed. */
import type { BatchDefinition, BatchItemInput } from '../../../workflows/contract/batches/schema.ts';
import { fillTemplate } from '../../../workflows/contract/lead-magnets/template.ts';
import type { ModelRequest } from '../../ports.ts';

export interface ItemRequest {
  readonly request: ModelRequest;
  /** No token stands for less than a byte; the frame of the messages comes on top. */
  readonly mostInputTokens: number;
  /** As limits a minute are counted: a guess, not a bound. */
  readonly likelyInputTokens: number;
}

/** By this name the provider knows an attempt of an item. */
export function itemCallKey(batchId: string, item: { readonly position: number; readonly attempts: number }): string {
  return `${batchId}/${item.position}/${item.attempts}`;
}

/** Of the messages around what is asked. */
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
