/** Ends a person's control of a browser when the browser has ended. */
import type { Kysely } from 'kysely';
import type { Tables } from '../database/database.ts';

interface EndedStep {
  readonly jobId: string;
  readonly stepId: string;
}

/** Ends the control of a step that has ended. To be called in the transaction that ends the step. */
export async function closeControl(transaction: Kysely<Tables>, step: EndedStep): Promise<void> {
  await transaction
    .updateTable('controls')
    .set({ state: 'returned', note: 'the run is over' })
    .where('job_id', '=', step.jobId)
    .where('step_id', '=', step.stepId)
    .where('state', '!=', 'returned')
    .execute();
  await dropWaiting(transaction, step);
}

/** Deletes the texts of actions that will not be performed any more. */
export async function dropWaiting(transaction: Kysely<Tables>, { jobId, stepId }: EndedStep): Promise<void> {
  await transaction
    .updateTable('person_actions')
    .set({ action: null, outcome: 'problem', problem: 'the browser was gone before it was done' })
    .where('job_id', '=', jobId)
    .where('step_id', '=', stepId)
    .where('outcome', '=', 'waiting')
    .execute();
}
