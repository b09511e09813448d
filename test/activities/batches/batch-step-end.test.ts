import { describe, expect, it } from 'vitest';
import { stepEnd } from '../../../activities/batches/batch-step-end.ts';
import {
  noBatchCounts,
  type BatchOutcome,
  type BatchStop,
  stopReason,
} from '../../../workflows/contract/batches/batch.ts';

function ended(outcome: BatchOutcome, succeeded: number, failed: number, stop: BatchStop | null = null) {
  const message = `${failed} items have no answer`;
  const reason = stop === null ? (failed === 0 ? null : { type: 'unexpected', message }) : stopReason(stop, 3600);
  return { state: 'ended' as const, outcome, reason, counts: { ...noBatchCounts(), succeeded, failed } };
}

describe('P28: a batch step ends', () => {
  it('well when every item has an answer, or there was none', () => {
    expect(stepEnd(ended('completed', 3, 0), 'fail').state).toBe('succeeded');
    expect(stepEnd(ended('completed', 0, 0), 'fail').state).toBe('succeeded');
  });

  it('with items that failed as its definition says', () => {
    expect(stepEnd(ended('completed_with_errors', 2, 1), 'continue').state).toBe('succeeded');
    expect(stepEnd(ended('completed_with_errors', 2, 1), 'fail')).toMatchObject({ state: 'failed' });
  });

  it('as failed when all items failed, whatever its definition says', () => {
    expect(stepEnd(ended('failed', 0, 3), 'continue')).toMatchObject({
      state: 'failed',
      reason: { type: 'unexpected' },
    });
  });

  it('by name at its cap, at its limit of time and when somebody cancelled it', () => {
    const endOf = (outcome: BatchOutcome, stop: BatchStop) => stepEnd(ended(outcome, 2, 1, stop), 'continue');
    expect(endOf('completed_with_errors', 'budget')).toMatchObject({ state: 'failed', reason: { type: 'budget' } });
    expect(endOf('failed', 'job_time_limit')).toMatchObject({ state: 'timed_out', reason: { type: 'time_limit' } });
    expect(endOf('cancelled', 'cancelled')).toMatchObject({ state: 'failed', reason: { type: 'cancelled' } });
  });
});
