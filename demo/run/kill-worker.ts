/** Kills the browser worker with SIGKILL in the middle of its loop, and starts another, as an orchestrator would. */
import { setTimeout as delay } from 'node:timers/promises';
import type { ApiClient } from '../../client/cli/api-client.ts';
import type { Stack } from '../../workers/local/stack.ts';

/** Turns after which the loop is well under way. */
const killAtIteration = 6;
const pollMilliseconds = 50;

export async function killBrowserWorker(
  stack: Stack,
  api: ApiClient,
  jobId: string,
  say: (line: string) => void,
): Promise<void> {
  for (;;) {
    const job = await api.job(jobId);
    if (job.state === 'ended') throw new Error('the job ended before its worker could be killed');
    if (job.steps.some((step) => step.kind === 'computer_use' && step.iterations >= killAtIteration)) break;
    await delay(pollMilliseconds);
  }
  const worker = stack.worker('browser');
  say(`--- kill -9 ${worker.pid} (the browser worker) ---`);
  // Its restart is announced first, so that its end is not taken for a fault.
  await Promise.all([stack.restartWorker('browser'), worker.kill()]);
  say('--- another worker is there; the step goes on from its checkpoint ---');
}
