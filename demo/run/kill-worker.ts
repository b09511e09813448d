/** Kills the browser worker with SIGKILL in the middle of its loop; the supervisor starts another. */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { killProcess } from '../../activities/computer-use/host/processes.ts';
import { hostNames, readRecord } from '../../activities/computer-use/host/record.ts';
import type { Api } from '../../client/cli/api/client.ts';
import { findJob } from '../../client/cli/jobs/job-calls.ts';
import type { Stack } from '../../workers/local/stack.ts';

/** Turns after which the loop is well under way. */
const killAtIteration = 6;
const pollMilliseconds = 50;

export async function killBrowserWorker(request: {
  readonly stack: Stack;
  readonly api: Api;
  readonly jobId: string;
  /** The data folder when the browser is killed with its worker. */
  readonly browserIn: string | null;
  readonly say: (line: string) => void;
}): Promise<void> {
  const { stack, api, jobId, browserIn, say } = request;
  for (;;) {
    const job = await findJob(api, jobId);
    if (job.state === 'ended') throw new Error('the job ended before its worker could be killed');
    if (job.steps.some((step) => step.kind === 'computer_use' && step.iterations >= killAtIteration)) break;
    await delay(pollMilliseconds);
  }
  const worker = stack.worker('browser');
  say(`--- kill -9 ${worker.pid} (the browser worker) ---`);
  const { restarts } = worker.report;
  process.kill(worker.pid, 'SIGKILL');
  if (browserIn !== null) await killBrowsers(browserIn, say);
  while (worker.report.restarts === restarts || worker.report.state !== 'running') await delay(pollMilliseconds);
  say('--- another worker is running; the step continues from its checkpoint ---');
}

/** Kills the hosts of the browsers, which end their browsers. */
async function killBrowsers(dataFolder: string, say: (line: string) => void): Promise<void> {
  const hostsFolder = join(dataFolder, 'browsers');
  for (const name of await hostNames(hostsFolder)) {
    const record = await readRecord(join(hostsFolder, name));
    if (record !== null && (await killProcess(record, 'SIGKILL'))) say(`--- kill -9 ${record.pid} (its browser) ---`);
  }
}
