/** Runs the stand-in alone: `node demo/model-server/main.ts [--port 4010] [--latency 200] [--allow-retired-models]`. */
import { parseArgs } from 'node:util';
import { createDemoBrain } from './demo-brain.ts';
import { startModelServer } from './server.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '4010' },
    latency: { type: 'string', default: '0' },
    'allow-retired-models': { type: 'boolean', default: false },
  },
});

const server = await startModelServer({
  brain: createDemoBrain(),
  port: Number(values.port),
  latencyMilliseconds: Number(values.latency),
  allowRetiredModels: values['allow-retired-models'],
});
console.log(`OPENAI_BASE_URL=${server.url} (any OPENAI_API_KEY will do)`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void server.close());
