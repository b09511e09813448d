/** Makes the failures that activities throw: a type from the closed list decides whether Temporal tries again. */
import { ApplicationFailure } from '@temporalio/common';
import { nonRetryableFailureTypes, type FailureType } from '../workflows/contract/failures.ts';

export function failure(
  type: FailureType,
  message: string,
  options: { readonly retryAfterMilliseconds?: number | undefined; readonly cause?: unknown } = {},
): ApplicationFailure {
  return ApplicationFailure.create({
    type,
    message,
    nonRetryable: nonRetryableFailureTypes.includes(type),
    ...(options.retryAfterMilliseconds === undefined ? {} : { nextRetryDelay: options.retryAfterMilliseconds }),
    ...(options.cause instanceof Error ? { cause: options.cause } : {}),
  });
}
