/** The services that benchmarks call, in a process of its own so that its work is not counted as ours. */
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Hono } from 'hono';
import { listenOnLoopback } from '../demo/loopback-server.ts';
import { startModelServer } from '../demo/model-server/server.ts';

const { values } = parseArgs({ options: { latency: { type: 'string', default: '50' } } });
const latencyMilliseconds = Number(values.latency);

const model = await startModelServer({
  brain: { answer: async () => ({ kind: 'text', text: 'It is as it is.' }) },
  latencyMilliseconds,
});
const app = new Hono().post('/', async (context) => {
  await delay(latencyMilliseconds);
  return context.json({ taken: true });
});
const webhook = await listenOnLoopback(app, 0);
process.stdout.write(`ready ${JSON.stringify({ model: model.url, webhook: webhook.url })}\n`);

process.once('SIGTERM', () => {
  void webhook.close();
  void model.close();
});
