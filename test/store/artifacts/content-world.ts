/** A store with content, jobs and batches, and a sweep at any time, for the tests of what is kept and what is removed. */
import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Store } from '../../../store/store.ts';
import type { Swept } from '../../../store/artifacts/sweep.ts';
import { endJob } from '../../client/api/harness.ts';
import { runningBatch } from '../../support/batches/batches.ts';
import { aiStep, leadMagnet } from '../../support/definitions.ts';
import { endedDelivery } from '../../support/jobs/ended-deliveries.ts';
import { openTemporary, temporaryPlace } from '../../support/temporary-store.ts';

const day = 24 * 3_600_000;
const { signal } = new AbortController();

/** The time in so many days, from when the test's content has been put and its jobs have ended. */
export const after = (days: number): Date => new Date(Date.now() + days * day + 60_000);

/** An item of a batch whose output is not in its row. Returns the output's hash. */
export async function largeOutput(store: Store, batchId = 'b'): Promise<string> {
  await runningBatch(store, batchId, 1);
  const { key } = await store.batchPartitions.begin({ batchId, partition: 0, partitions: 1 });
  await store.batchPartitions.take(key, 1_000_000, 1);
  const output = 'x'.repeat(40_000);
  const end = {
    position: 0,
    status: 'succeeded',
    reason: null,
    output,
    usage: null,
    uncertain: false,
    model: 'gpt-5.5',
  } as const;
  await store.batchPartitions.end(key, { ...end, now: Date.now() });
  return createHash('sha256').update(JSON.stringify(output)).digest('hex');
}

/** Has the jobs `kept` and `running`. */
export async function world() {
  const place = await temporaryPlace();
  const store = await openTemporary(place);
  const put = async (text: string, name = 'a.txt', jobId = 'kept'): Promise<string> => {
    const file = { jobId, stepId: null, name, mediaType: 'text/plain', content: Buffer.from(text), deliverable: true };
    return (await store.artifacts.put(file)).sha256;
  };
  const sweep = async (now: Date): Promise<Swept> => {
    const total = { contents: 0, bytes: 0, unfinished: 0, missing: new Array<string>() };
    for (const digit of '0123456789abcdef') {
      const { contents, bytes, missing } = await store.acrossTenants.contentSweep.sweep(digit, now, signal);
      total.contents += contents;
      total.bytes += bytes;
      total.missing.push(...missing);
    }
    return total;
  };
  const jobNow = async (jobId: string): Promise<void> => {
    const deliver = [{ kind: 'email' as const, to: '{{form.email}}', subject: 'Done', text: 'It is done.' }];
    const definition = leadMagnet({ steps: [aiStep('look')], deliver });
    await store.leadMagnets.save(definition, new Date());
    const submittedAt = new Date().toISOString();
    const form = { email: 'ada@example.com' };
    const input = { tenant: 'default', version: 1, definition, form, submittedAt, jobUrl: null };
    await store.jobs.open(jobId, input, new Date(), { type: 'job.started', message: 'started' });
  };
  for (const jobId of ['kept', 'running']) await jobNow(jobId);
  return {
    store,
    place,
    put,
    sweep,
    has: async (sha256: string) => (await store.artifacts.headContent(sha256)) !== null,
    remove: (sha256: string) => rm(join(place.dataFolder, 'artifacts', sha256.slice(0, 2)), { recursive: true }),
    /** A job with a delivery that ended; both by now. */
    endedJob: async (jobId: string) => {
      await jobNow(jobId);
      await endedDelivery(store, jobId, 'delivered');
      await endJob(store, jobId);
    },
  };
}
