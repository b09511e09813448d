/** Makes the demo's real jobs and tool requests, through the API, and waits until they have ended. */
import { setTimeout as delay } from 'node:timers/promises';
import pLimit from 'p-limit';
import { stringify } from 'yaml';
import type { Api, Job } from '../../client/cli/api/client.ts';
import { findJob, saveLeadMagnet, submitForm } from '../../client/cli/jobs/job-calls.ts';
import { followCall } from '../../client/cli/tools/tool-stream.ts';
import { definitionOf, type Places, type Situation } from './situations.ts';

const pollMilliseconds = 250;
const longestSeconds = 240;

/** So few at once that short jobs do not wait for each other. */
const shortJobsAtOnce = 4;

export async function save(api: Api, parts: Pick<Situation, 'slug' | 'steps'>, places: Places): Promise<void> {
  await saveLeadMagnet(api, stringify(definitionOf(parts, places)));
}

/** One job for each form, all at once. */
export async function runSituation(api: Api, { slug, forms }: Situation): Promise<readonly Job[]> {
  return Promise.all(forms.map((form) => run(api, slug, form)));
}

export async function runShortJobs(api: Api, slug: string, count: number): Promise<readonly Job[]> {
  const limit = pLimit(shortJobsAtOnce);
  const each = Array.from({ length: count }, (_, index) => ({ subject: `job ${index + 1}` }));
  return Promise.all(each.map((form) => limit(() => run(api, slug, form))));
}

/** The jobs of situations, and requests of the expert tool `chat`, one after the other. */
export async function runOneByOne(
  api: Api,
  situations: readonly Situation[],
  toolRequests: number,
): Promise<readonly Job[]> {
  const limit = pLimit(1);
  const input = { prompt: 'In two sentences: when is a queue better than a direct call?' };
  const asked = { name: 'chat', input, idempotencyKey: undefined, onProgress: () => undefined };
  const jobs = situations.flatMap(({ slug, forms }) => forms.map((form) => limit(() => run(api, slug, form))));
  const requests = Array.from({ length: toolRequests }, () => limit(() => followCall(api, asked)));
  await Promise.all(requests);
  return Promise.all(jobs);
}

async function run(api: Api, slug: string, form: Readonly<Record<string, string>>): Promise<Job> {
  const { id } = await submitForm(api, slug, form, undefined);
  for (const until = performance.now() + longestSeconds * 1000; performance.now() < until;) {
    const job = await findJob(api, id);
    if (job.state === 'ended') return job;
    await delay(pollMilliseconds);
  }
  throw new Error(`job ${id} of ${slug} has not ended after ${longestSeconds} s`);
}
