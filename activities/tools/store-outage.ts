/**
 * Attempts that failed because the store was away. They are no attempts at the provider: Temporal makes another, which finds the call
 * again that the ledger knows, and they are counted apart, in the heartbeats that each attempt gets from the one before.
 */
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { z } from 'zod';
import { isPassing } from '../../store/database/passing-errors.ts';
import { storeRetries } from '../../workflows/contract/tools/limits.ts';
import { failure } from '../failure.ts';
import { withHeartbeat } from '../heartbeat.ts';

const DetailsSchema = z.object({ storeFailures: z.int().min(0) });
const retryMilliseconds = 1_000;

function storeFailures(): number {
  return DetailsSchema.safeParse(Context.current().info.heartbeatDetails).data?.storeFailures ?? 0;
}

/** Which attempt at the provider this is, from 1. */
export function providerAttempt(): number {
  return Math.max(1, Context.current().info.attempt - storeFailures());
}

/** Runs all of an attempt with heartbeats. What the store could not do is a failure of its own type, which is retried. */
export async function withStoreRetries<Result>(requestId: string, work: () => Promise<Result>): Promise<Result> {
  const failures = storeFailures();
  return withHeartbeat({ requestId, storeFailures: failures }, async (beat, signal) => {
    try {
      return await work();
    } catch (error) {
      if (signal.aborted) throw error;
      if (!isPassing(error)) throw isLastAttempt() ? asLast(error) : error;
      beat({ requestId, storeFailures: failures + 1 });
      const said = error instanceof Error ? error.message : String(error);
      const options = { cause: error, retryAfterMilliseconds: retryMilliseconds };
      throw failure('store', `the store does not answer: ${said}`, options);
    }
  });
}

/** Whether another attempt would be one more than there are, without those that are kept for outages of the store. */
function isLastAttempt(): boolean {
  const { retryPolicy } = Context.current().info;
  const most = retryPolicy?.maximumAttempts ?? 0;
  return most > storeRetries && providerAttempt() >= most - storeRetries;
}

function asLast(error: unknown): ApplicationFailure {
  const { message, type, cause } = ApplicationFailure.fromError(error);
  return ApplicationFailure.create({
    message,
    type: type ?? 'unexpected',
    nonRetryable: true,
    ...(cause === undefined ? {} : { cause }),
  });
}
