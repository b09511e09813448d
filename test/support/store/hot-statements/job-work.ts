/** What is done for each job, and what pages ask for again and again, so that the plans of its statements can be judged. */
import { aiStep, jobInput } from '../../definitions.ts';
import type { TestStore } from '../../temporary-store.ts';

const now = new Date('2026-01-01T00:00:00.000Z');
const place = { jobId: 'j', stepId: 'write' };

export async function workOnJob(store: TestStore): Promise<void> {
  const at = now.toISOString();
  const deliver = [{ kind: 'email', to: 'ann@example.com', subject: 's' }];
  const input = jobInput({ steps: [aiStep('write')], deliver });
  await store.submissions.countSince('test', '203.0.113.7', now);
  await store.jobs.accept('j', input, 'hash');
  await store.jobs.handedOver('j');
  await store.acrossTenants.jobsNotHandedOver(now, 10);
  await store.jobs.open('j', input, now, { type: 'job.started', message: 'started', data: {} });
  const change = { ...place, generation: 1, sequence: 1, attempt: 1, at };
  await store.jobs.changeStep({ ...change, state: 'running' });
  await store.ledger.claim({ key: 'k', jobId: 'j', kind: 'model_call', data: {} });
  await store.ledger.write({ key: 'k', jobId: 'j', kind: 'model_call', state: 'done', data: {} });
  await store.ledger.writeCheckpoint({ key: 'k', jobId: 'j', attempt: 1, data: {} });
  await store.ledger.readCheckpoint('k');
  await store.modelCalls.usageUnder('j', 'k');
  await store.jobs.changeStep({ ...change, state: 'succeeded' });
  await store.deliveries.change({ jobId: 'j', deliveryId: 'email_1', number: 0, state: 'delivered', reason: null, at });
  await store.acrossTenants.redeliveriesNotHandedOver(10);
  await store.jobs.close('j', 'completed', null, now);
  await store.artifacts.find('j', 'report.pdf');
  await store.acrossTenants.contentSweep.sweep('ab', now, new AbortController().signal);
  await store.approvals.open(10);
  await store.controls.find(place);
  await store.controls.begin(place);
  await store.computerTurns.after({ ...place, generation: 1 }, 0, 10);
  await store.events.after('j', 0, 10);
  await store.events.newest('j', 10);
  await store.jobViews.version('j');
  await store.jobViews.find('j');
  await store.jobViews.list({ limit: 10 });
  await store.jobViews.list({ limit: 10, before: at });
  await store.acrossTenants.providerEvents.ended(['resp_1', 'resp_2']);
  await store.acrossTenants.providerEvents.responseTo('k');
  await store.acrossTenants.providerEvents.newestAt();
}
