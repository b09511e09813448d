/** Translates the end of a batch into the result of the job step that ran it. */
import type { BatchView } from '../../workflows/contract/batches/schema.ts';
import type { Reason } from '../../workflows/contract/failures.ts';
import type { StepOutcome } from '../records/recorded.ts';

/** The output keeps all answers, also when the step fails. */
export function stepEnd(
  { state, outcome, reason, counts }: Pick<BatchView, 'state' | 'outcome' | 'reason' | 'counts'>,
  onItemFailure: 'continue' | 'fail',
): Pick<StepOutcome, 'state' | 'reason'> {
  const message = reason?.message ?? 'items have no answer';
  if (state !== 'ended' || outcome === 'cancelled') return failed({ type: 'cancelled', message });
  if (reason?.type === 'budget') return failed({ type: 'budget', message });
  if (reason?.type === 'job_time_limit') {
    return { state: 'timed_out', reason: { type: 'time_limit', message } };
  }
  const isSuccess = outcome === 'completed' || (onItemFailure === 'continue' && (counts.succeeded ?? 0) > 0);
  if (isSuccess) return { state: 'succeeded', reason: null };
  return failed({ type: 'unexpected', message });
}

function failed(reason: Reason): Pick<StepOutcome, 'state' | 'reason'> {
  return { state: 'failed', reason };
}
