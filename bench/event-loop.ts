/** `npm run bench:event-loop`: how long each hostile input blocks the event loop of an API process. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hostileInputs } from './event-loop/inputs.ts';
import { startProbedApi } from './event-loop/probed-api.ts';

const folder = await mkdtemp(join(tmpdir(), 'lodestone-event-loop-'));
const api = await startProbedApi(folder);
try {
  await api.health(60_000);
  await api.longestDelay();
  process.stdout.write('longest delay, ms | until the answer, ms | status | input\n');
  for (const input of hostileInputs) {
    const begin = performance.now();
    const { status } = await api.send(input);
    const milliseconds = performance.now() - begin;
    const delay = await api.longestDelay();
    process.stdout.write(`${[delay.toFixed(0), milliseconds.toFixed(0), status].join(' | ')} | ${input.name}\n`);
  }
} finally {
  await api.stop();
  await rm(folder, { recursive: true, force: true });
}
