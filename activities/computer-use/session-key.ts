/** The key of a computer-use session: its job, its step, and which time the step is done. The browser's host bears it. */
import type { Store } from '../../store/store.ts';
import type { StepActivityInput } from '../../workflows/contract/jobs/job.ts';
import { isStepEnd } from '../../workflows/contract/jobs/states.ts';

export function sessionKey({ job, step, generation }: Pick<StepActivityInput, 'job' | 'step' | 'generation'>): string {
  return `${job.id}/${step.id}/${generation}`;
}

/** Whether nobody will go on with a session: its step has ended, or is done anew. One that is not known is not over. */
export async function isSessionOver(store: Store, key: string): Promise<boolean> {
  const [jobId, stepId, generation] = key.split('/');
  const job = await store.jobViews.find(jobId ?? '');
  const step = job?.steps.find(({ id }) => id === stepId);
  if (step === undefined) return false;
  return step.generation > Number(generation) || (step.generation === Number(generation) && isStepEnd(step.state));
}
