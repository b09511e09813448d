/** Chat completions as tests ask for them: a request, and endpoints over the presets whose address is a server's. */
import { endpointsOf, type Endpoint } from '../../../activities/llm/providers/endpoints.ts';
import { createChatModel } from '../../../activities/llm/chat/chat-model.ts';
import type { Model, ModelRequest } from '../../../activities/ports.ts';

export const chatRequest: ModelRequest = {
  model: 'glm-5.2',
  instructions: 'Be brief',
  input: [{ type: 'text', text: 'Hello' }],
  previousResponseId: null,
  computer: null,
  outputSchema: null,
  reasoningEffort: null,
  maxOutputTokens: null,
};

export function endpointAt(name: string, baseUrl: string): Endpoint {
  const models = ['glm-5.2'];
  const own = { name, baseUrl, models };
  const setting = { local: own, plain: { ...own, stream: false } }[name] ?? { name, baseUrl };
  const found = endpointsOf([setting], { ZAI_API_KEY: 'a-key', MOONSHOT_API_KEY: 'a-key' }).find(
    (endpoint) => endpoint.name === name,
  );
  if (found === undefined) throw new Error(`there is no endpoint ${name}`);
  return found;
}

const price = { input: 1, cachedInput: 0.1, output: 5 };

export function chatModelAt(name: string, baseUrl: string, attemptMilliseconds?: number): Model {
  const endpoint = endpointAt(name, baseUrl);
  return createChatModel({
    ...endpoint,
    apiKey: endpoint.apiKey ?? '',
    prices: { 'glm-5.2': price },
    ...(attemptMilliseconds === undefined ? {} : { attemptMilliseconds }),
  });
}
