/** Deliveries that ended, as activities and the workflow write them. */
import type { Store } from '../../../store/store.ts';
import type { DeliveryActivityInput, JobReference } from '../../../workflows/contract/jobs/job.ts';
import { deliveryId } from '../../../workflows/contract/names.ts';

/** The first delivery of a job, kept with what it is sent with and ended in the state. Returns its id. */
export async function endedDelivery(
  store: Store,
  jobId: string,
  state: 'delivered' | 'failed' | 'uncertain',
  parts: { readonly target?: string; readonly message?: string } = {},
): Promise<string> {
  const { target = 'ada@example.com', message = 'the mail server refused: 550 no such person' } = parts;
  const input = await deliveryInputOf(store, jobId);
  const id = input.deliveryId;
  await store.deliveries.keepInput(input);
  const type = state === 'uncertain' ? ('effect_uncertain' as const) : ('receiver_refused' as const);
  const reason = state === 'delivered' ? null : { type, message };
  const change = { jobId, deliveryId: id, number: 0, attempts: 1, target, at: new Date().toISOString() };
  await store.deliveries.change({ ...change, state: 'sending' });
  await store.deliveries.change({ ...change, state, reason, lastError: reason?.message ?? null });
  return id;
}

async function deliveryInputOf(store: Store, jobId: string): Promise<DeliveryActivityInput> {
  const [view, saved] = [await store.jobViews.find(jobId), await store.leadMagnets.find('test')];
  const delivery = saved?.definition.deliver[0];
  if (view === null || saved === null || delivery === undefined) throw new Error('the job has no delivery');
  const job: JobReference = {
    id: jobId,
    tenant: 'default',
    leadMagnet: 'test',
    leadMagnetName: 'Test',
    version: 1,
    submittedAt: view.submittedAt,
    url: null,
  };
  const { network } = saved.definition;
  const kept = { form: { email: 'ada@example.com' }, outputs: {}, artifacts: [], transitions: [], reason: null };
  return { job, delivery, deliveryId: deliveryId(delivery, 0), network, outcome: 'completed', ...kept };
}
