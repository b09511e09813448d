/**
 * Attempts of an activity that are no attempts at the provider: the store was away, or another request had the same work. Temporal
 * makes another, which finds the call again that the ledger knows, and they are counted apart, in the heartbeats that each attempt
 * gets from the one before.
 */
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { z } from 'zod';
import { isPassing } from '../../store/database/passing-errors.ts';
import { storeRetries } from '../../workflows/contract/tools/limits.ts';
import { failure, knownFailureType } from '../failure.ts';
import { withHeartbeat } from '../heartbeat.ts';

const DetailsSchema = z.object({ uncounted: z.int().min(0) });
const retryMilliseconds = 1_000;

/** The attempt has waited for the work of another request, and asked nobody. */
export class OnlyWaited extends Error {
  override readonly name = 'OnlyWaited';
}

function uncountedAttempts(): number {
  return DetailsSchema.safeParse(Context.current().info.heartbeatDetails).data?.uncounted ?? 0;
}

/** Which attempt at the provider this is, from 1. */
export function providerAttempt(): number {
  return Math.max(1, Context.current().info.attempt - uncountedAttempts());
}

/** Runs all of an attempt with heartbeats. What the store could not do is a failure of its own type, which is retried. */
export async function withStoreRetries<Result>(requestId: string, work: () => Promise<Result>): Promise<Result> {
  const uncounted = uncountedAttempts();
  return withHeartbeat({ requestId, uncounted }, async (beat, signal) => {
    try {
      return await work();
    } catch (error) {
      if (signal.aborted) throw error;
      const retry = uncountedFailure(error);
      if (retry === null) throw isLastAttempt() ? asLast(error) : error;
      beat({ requestId, uncounted: uncounted + 1 });
      throw retry;
    }
  });
}

/** What Temporal gets for an attempt that does not count; null for one that does. */
function uncountedFailure(error: unknown): ApplicationFailure | null {
  if (error instanceof OnlyWaited) {
    return failure('provider_unavailable', error.message, { retryAfterMilliseconds: 1 });
  }
  // A provider's failure may have the words and the cause of a broken connection, too.
  if (error instanceof ApplicationFailure && knownFailureType(error) !== undefined) return null;
  if (!isPassing(error)) return null;
  const said = error instanceof Error ? error.message : String(error);
  const options = { cause: error, retryAfterMilliseconds: retryMilliseconds };
  return failure('store', `the store does not answer: ${said}`, options);
}

/** Whether another attempt would be one more than there are, without those that are kept for attempts that do not count. */
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
