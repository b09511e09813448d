/** Follows a job to its end and prints each event. While the API is away for a moment, as for a restart, it waits. */
import { setTimeout as delay } from 'node:timers/promises';
import { answerOf, type Api, type Job } from '../api/client.ts';
import { CommandError, exitCodes } from '../exit-codes.ts';
import { eventText, say } from '../output.ts';
import { createStatusLine, type StatusLine } from '../progress/status-line.ts';
import { findJob } from './job-calls.ts';
import { jobStatus } from './job-status.ts';

const pollMilliseconds = 400;
/** How long the API may be away before watching is given up: long enough for a restart. */
const patienceMilliseconds = 60_000;

export async function watchJob(
  api: Api,
  id: string,
  status: StatusLine = createStatusLine({ plain: false }),
): Promise<Job> {
  let cursor = 0;
  let reached = false;
  let awaySince: number | null = null;
  try {
    for (;;) {
      try {
        const job = await findJob(api, id);
        const page = await answerOf(api.GET('/v1/jobs/{id}/events', { params: { path: { id }, query: { cursor } } }));
        reached = true;
        awaySince = null;
        cursor = page.cursor;
        for (const event of page.events) say(eventText(event));
        if (job.state === 'ended' && page.events.length === 0) return job;
        status.show(jobStatus(job, new Date()));
        if (page.events.length > 0) continue;
      } catch (error) {
        if (!(error instanceof CommandError) || error.exitCode !== exitCodes.apiUnreachable) throw error;
        if (!reached) throw error;
        awaySince ??= Date.now();
        if (Date.now() - awaySince > patienceMilliseconds) throw error;
        status.show(`${id}  the API cannot be reached; trying again`);
      }
      await delay(pollMilliseconds);
    }
  } finally {
    status.end();
  }
}

export function exitCodeOf(job: Job): number {
  return job.outcome === 'completed' ? exitCodes.ok : exitCodes.notCompleted;
}
