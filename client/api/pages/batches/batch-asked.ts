/** Shows what a batch asks the model about each item: prompt, instructions, model and schema. */
import { html } from 'hono/html';
import type { BatchDefinition } from '../../../../workflows/contract/batches/schema.ts';
import type { Html } from '../layout.ts';
import { fact } from '../parts.ts';

export function askedCard(definition: BatchDefinition): Html {
  const { model, instructions, prompt, outputSchema, maxOutputTokens, reasoningEffort, mode } = definition;
  return html`<section class="card" id="asked">
    <h2>What is asked</h2>
    <dl class="facts">
      ${fact('Model', model)} ${fact('Mode', describeMode(mode))} ${fact('Longest answer', `${maxOutputTokens} tokens`)}
      ${fact('Reasoning', reasoningEffort ?? '')}
    </dl>
    ${instructions === null ? null : text('Instructions', instructions)} ${text('Prompt', prompt)}
    ${outputSchema === null ? null : text('Schema of the answers', JSON.stringify(outputSchema, null, 2))}
  </section>`;
}

export function describeMode(mode: BatchDefinition['mode']): string {
  return mode === 'economy' ? 'economy: half the price, within 24 hours' : 'standard';
}

function text(name: string, content: string): Html {
  return html`<details>
    <summary>${name}</summary>
    <pre class="text" tabindex="0" aria-label="${name}">${content}</pre>
  </details>`;
}
