/** The key of a computer-use session: job, step and generation. The browser's host carries it. */
import type { Stores } from '../../store/store.ts';
import type { StepActivityInput } from '../../workflows/contract/jobs/job.ts';
import { isStepEnd } from '../../workflows/contract/jobs/states.ts';

export function sessionKey({ job, step, generation }: Pick<StepActivityInput, 'job' | 'step' | 'generation'>): string {
  return `${job.id}/${step.id}/${generation}`;
}

/**
 * Whether a session is over, so that no attempt will continue it: its step has ended or was started anew. An unknown
 * session is not over.
 */
export async function isSessionOver(stores: Stores, key: string): Promise<boolean> {
  const [jobId = '', stepId, generation] = key.split('/');
  const tenant = await stores.acrossTenants.tenantOfJob(jobId);
  if (tenant === null) return false;
  const job = await stores.forTenant(tenant).jobViews.find(jobId);
  const step = job?.steps.find(({ id }) => id === stepId);
  if (step === undefined) return false;
  return step.generation > Number(generation) || (step.generation === Number(generation) && isStepEnd(step.state));
}
