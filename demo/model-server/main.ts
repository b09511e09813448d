/**
 * Runs the model server alone: `node demo/model-server/main.ts [--port 4010] [--latency 200] [--allow-retired-models]
 * [--webhook-url http://127.0.0.1:8700/v1/provider-events [--webhook-secret whsec_…]]`.
 */
import { parseArgs } from 'node:util';
import { createDemoBrain } from './brains/demo-brain.ts';
import { startModelServer } from './server.ts';
import { newWebhookSecret } from './webhook.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '4010' },
    latency: { type: 'string', default: '0' },
    'allow-retired-models': { type: 'boolean', default: false },
    'webhook-url': { type: 'string' },
    'webhook-secret': { type: 'string' },
  },
});

const url = values['webhook-url'];
const secret = values['webhook-secret'] ?? newWebhookSecret();
const server = await startModelServer({
  brain: createDemoBrain(),
  port: Number(values.port),
  latencyMilliseconds: Number(values.latency),
  allowRetiredModels: values['allow-retired-models'],
  ...(url === undefined ? {} : { webhook: { url, secret } }),
});
console.log(`OPENAI_BASE_URL=${server.url} (any OPENAI_API_KEY will do)`);
if (url !== undefined) console.log(`LODESTONE_PROVIDER_WEBHOOK_SECRET=${secret}`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void server.close());
