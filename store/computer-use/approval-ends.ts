/** Closes a step's open questions when the step ends: nobody need answer them any more. */
import type { Kysely } from 'kysely';
import type { Reason } from '../../workflows/contract/failures.ts';
import type { Tables } from '../database/database.ts';
import type { NewEvent } from '../jobs/events.ts';

/**
 * Closes the open questions of a step that has ended; returns the events to record. Runs in the transaction that ends
 * the step.
 */
export async function closeApprovals(
  transaction: Kysely<Tables>,
  step: { readonly jobId: string; readonly stepId: string; readonly reason: Reason | null; readonly at: string },
): Promise<readonly NewEvent[]> {
  const { jobId, stepId, reason, at } = step;
  const state = reason?.type === 'approval_expired' ? 'expired' : 'closed';
  const rows = await transaction
    .updateTable('approvals')
    .set({ state, decided_at: at })
    .where('job_id', '=', jobId)
    .where('step_id', '=', stepId)
    .where('state', '=', 'open')
    .returning(['request_id', 'question'])
    .execute();
  return rows.map(({ request_id: requestId, question }) => {
    const message = state === 'expired' ? `nobody answered in time: ${question}` : `no longer asked: ${question}`;
    return { jobId, stepId, type: `approval.${state}`, message, data: { requestId }, at };
  });
}
