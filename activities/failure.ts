/** Creates the failures that activities throw: a type from the closed list decides whether Temporal retries. */
import { ApplicationFailure } from '@temporalio/common';
import { failureTypes, nonRetryableFailureTypes, type FailureType } from '../workflows/contract/failures.ts';

const perhapsPaid = 'perhaps_paid';

export function failure(
  type: FailureType,
  message: string,
  options: {
    readonly retryAfterMilliseconds?: number | undefined;
    readonly cause?: unknown;
    /** The call may have been made and paid for, although its answer is lost. */
    readonly perhapsPaid?: boolean;
  } = {},
): ApplicationFailure {
  return ApplicationFailure.create({
    type,
    message,
    nonRetryable: nonRetryableFailureTypes.includes(type),
    ...(options.retryAfterMilliseconds === undefined ? {} : { nextRetryDelay: options.retryAfterMilliseconds }),
    ...(options.perhapsPaid === true ? { details: [perhapsPaid] } : {}),
    ...(options.cause instanceof Error ? { cause: options.cause } : {}),
  });
}

/** Whether a failed call may have been paid for. */
export function isPerhapsPaid(error: ApplicationFailure): boolean {
  return error.details?.includes(perhapsPaid) === true;
}

/** A failure's type from the closed list; undefined for other errors. */
export function knownFailureType(error: ApplicationFailure): FailureType | undefined {
  return failureTypes.find((known) => known === error.type);
}
