/** Inputs of activities as the workflow would send them, a store that knows their job, and a place to run them in. */
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import type { DeliveryActivityInput, JobReference, StepActivityInput } from '../../../workflows/contract/jobs/job.ts';
import type { JsonObject } from '../../../workflows/contract/json/json.ts';
import type { Delivery, LeadMagnet, Step } from '../../../workflows/contract/lead-magnets/lead-magnet.ts';
import { leadMagnet } from '../definitions.ts';
import { type TestStore, temporaryStore } from '../temporary-store.ts';

export const job: JobReference = {
  id: 'job-1',
  tenant: 'default',
  leadMagnet: 'test',
  leadMagnetName: 'Test',
  version: 1,
  submittedAt: '2026-01-01T00:00:00.000Z',
  url: 'https://lodestone.example/jobs/job-1',
};

/** A store in which the job of a definition runs. */
export async function storeWithJob(parts: JsonObject): Promise<{ store: TestStore; definition: LeadMagnet }> {
  const store = await temporaryStore();
  const definition = leadMagnet(parts);
  const { tenant, version, submittedAt, url: jobUrl } = job;
  await store.jobs.open(job.id, { tenant, version, definition, form: {}, submittedAt, jobUrl }, new Date());
  return { store, definition };
}

function firstOf<T>(parts: readonly T[]): T {
  const [first] = parts;
  if (first === undefined) throw new Error('the definition has none');
  return first;
}

export function stepInput(definition: LeadMagnet, parts: Partial<StepActivityInput> = {}): StepActivityInput {
  const step: Step = firstOf(definition.steps);
  const { network } = definition;
  return { job, step, generation: 1, sequence: 1, form: {}, outputs: {}, network, transitions: [], ...parts };
}

export function deliveryInput(
  definition: LeadMagnet,
  parts: Partial<DeliveryActivityInput> = {},
): DeliveryActivityInput {
  const delivery: Delivery = firstOf(definition.deliver);
  return {
    job,
    delivery,
    deliveryId: `${delivery.kind}_1`,
    form: {},
    outputs: {},
    network: definition.network,
    artifacts: [],
    outcome: 'completed',
    reason: null,
    transitions: [],
    ...parts,
  };
}

/** A place for an activity of a test; its log of failures is dropped, because the tests expect them. */
export function activityPlace(
  info: ConstructorParameters<typeof MockActivityEnvironment>[0] = {},
  options: ConstructorParameters<typeof MockActivityEnvironment>[1] = {},
) {
  return new MockActivityEnvironment(info, { logger: new DefaultLogger('ERROR'), ...options });
}
