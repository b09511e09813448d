/** The work during which processes are killed: jobs and a batch, submitted over the API as any client does. */
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createApi, type Batch, type Job } from '../../client/cli/api/client.ts';
import { beginBatch, createBatch, findBatch, sendItems } from '../../client/cli/batches/batch-calls.ts';
import { findJob, saveLeadMagnet, submitForm } from '../../client/cli/jobs/job-calls.ts';
import type { World } from '../../demo/run/world.ts';
import { auditForm, auditSlug, codeForm, codeSlug, smallForm, smallSlug } from './forms.ts';

export interface Work {
  /** Submits jobs and a batch, and waits until the batch and one of the jobs wait for a model call. */
  submit(jobs: number, items: number): Promise<void>;
  /** Submits a job with a browser, and waits until the browser has made some turns. */
  submitAudit(): Promise<void>;
  /** Submits a job with code, and waits until the code runs. */
  submitCode(): Promise<void>;
  /** Waits until all work has ended. */
  ended(): Promise<EndedWork>;
}

export interface EndedWork {
  readonly jobs: readonly Job[];
  readonly batches: readonly Batch[];
}

const pollMilliseconds = 250;
const patienceMilliseconds = 300_000;
/** A browser counts as well under way after this many turns. */
const underWayIterations = 4;
const email = 'visitor@example.com';

/** Saves the lead magnets. */
export async function prepareWork(request: {
  readonly apiUrl: string;
  readonly folder: string;
  readonly world: World;
}): Promise<Work> {
  const { world } = request;
  const api = createApi(request.apiUrl);
  for (const form of [smallForm(world), codeForm(world), await auditForm(world)])
    await insist(() => saveLeadMagnet(api, form));
  const jobIds: string[] = [];
  const batchIds: string[] = [];
  const submitJob = async (slug: string, form: Readonly<Record<string, string>>): Promise<string> => {
    const key = randomUUID();
    const { id } = await insist(() => submitForm(api, slug, form, key));
    jobIds.push(id);
    return id;
  };
  const submitBatch = async (items: number): Promise<string> => {
    const number = batchIds.length;
    const file = join(request.folder, `items-${number}.jsonl`);
    const rows = Array.from({ length: items }, (_, index) => JSON.stringify({ word: `item ${index} of ${number}` }));
    await writeFile(file, `${rows.join('\n')}\n`);
    const [key, itemsKey] = [randomUUID(), randomUUID()];
    const { id } = await insist(() => createBatch(api, batchDefinition, key));
    await insist(() => sendItems(api, id, file, itemsKey, {}));
    await insist(() => beginBatch(api, id, 'start'));
    batchIds.push(id);
    return id;
  };
  const all = async (): Promise<EndedWork> => ({
    jobs: await Promise.all(jobIds.map((id) => insist(() => findJob(api, id)))),
    batches: await Promise.all(batchIds.map((id) => insist(() => findBatch(api, id)))),
  });
  return {
    async submit(jobs, items) {
      const batchId = await submitBatch(items);
      const submitted: string[] = [];
      for (let index = 0; index < jobs; index += 1) {
        // Each asks the model a different question.
        submitted.push(await submitJob(smallSlug, { email, word: `word ${jobIds.length}` }));
      }
      await until(async () => {
        const begun = await Promise.all(submitted.map((id) => insist(() => findJob(api, id))));
        const { counts } = await insist(() => findBatch(api, batchId));
        const isAtWork = begun.some(({ steps }) => steps.some(({ state }) => state !== 'waiting'));
        return isAtWork && counts.submitted + counts.succeeded > 0;
      });
    },
    async submitAudit() {
      const website = `${world.site.url}/?audit=${jobIds.length}`;
      const id = await submitJob(auditSlug, { email, website });
      await until(async () => {
        const { steps } = await insist(() => findJob(api, id));
        return steps.some(({ iterations }) => iterations >= underWayIterations);
      });
    },
    async submitCode() {
      const id = await submitJob(codeSlug, { email });
      await until(async () => {
        const { steps } = await insist(() => findJob(api, id));
        return steps.every(({ state }) => state === 'running');
      });
    },
    async ended() {
      await until(async () => {
        const { jobs, batches } = await all();
        return [...jobs, ...batches].every(({ state }) => state === 'ended');
      });
      return all();
    },
  };
}

const batchDefinition = {
  name: 'chaos',
  model: 'gpt-5.4-mini',
  prompt: 'Say {{item.word}}',
  maxOutputTokens: 64,
  // How long a call waits for the provider's event before it is taken for lost.
  limits: { parallel: 8, lostSeconds: 60, resubmitUncertain: true },
};

/** A client that retries while the API is away. */
async function insist<T>(ask: () => Promise<T>): Promise<T> {
  const latest = Date.now() + patienceMilliseconds;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (Date.now() > latest) throw error;
      await delay(pollMilliseconds);
    }
  }
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const latest = Date.now() + patienceMilliseconds;
  while (!(await holds())) {
    if (Date.now() > latest) throw new Error('the work has not ended in time');
    await delay(pollMilliseconds);
  }
}
