/** The four calls alone: without ledger, records and network guard. */
import OpenAI from 'openai';

export interface BareActivities {
  think(about: string): Promise<string>;
  callWebhook(body: string): Promise<void>;
}

export function createBareActivities(addresses: { readonly model: string; readonly webhook: string }): BareActivities {
  const client = new OpenAI({ apiKey: 'none', baseURL: addresses.model, maxRetries: 0 });
  return {
    async think(about) {
      const { output_text: text } = await client.responses.create({ model: 'gpt-5.4-mini', input: `Say ${about}.` });
      return text;
    },
    async callWebhook(body) {
      const response = await fetch(addresses.webhook, { method: 'POST', body: JSON.stringify({ body }) });
      await response.arrayBuffer();
      if (!response.ok) throw new Error(`the webhook answered ${response.status}`);
    },
  };
}
