/** Converts Temporal's failure chain to the reason that people read: which limit, or which type of the closed list. */
import { ActivityFailure, ApplicationFailure, TimeoutFailure, type TemporalFailure } from '@temporalio/workflow';
import { failureTypes, type FailureType, type Reason, type ReasonType } from './contract/failures.ts';

const timeoutReasons: Readonly<Record<string, { type: ReasonType; message: string }>> = {
  START_TO_CLOSE: { type: 'timeout_start_to_close', message: 'an attempt took longer than its time limit' },
  HEARTBEAT: { type: 'timeout_heartbeat', message: 'the worker stopped sending heartbeats and no attempt was left' },
  SCHEDULE_TO_CLOSE: { type: 'timeout_schedule_to_close', message: 'all attempts together took longer than the limit' },
  SCHEDULE_TO_START: { type: 'timeout_schedule_to_start', message: 'no worker took it in time' },
};

export function reasonOf(failure: TemporalFailure): Reason {
  const cause = failure instanceof ActivityFailure ? failure.cause : failure;
  if (cause instanceof TimeoutFailure) {
    const known = timeoutReasons[cause.timeoutType ?? ''];
    return known ?? { type: 'timeout_start_to_close', message: cause.message };
  }
  if (cause instanceof ApplicationFailure) {
    return { type: knownType(cause.type) ?? 'unexpected', message: cause.message };
  }
  return { type: 'unexpected', message: cause?.message ?? failure.message };
}

function knownType(type: string | null | undefined): FailureType | undefined {
  return failureTypes.find((known) => known === type);
}
