/** Decides what an ended response or a failed call means for its item: an end, another attempt, or a pause of the whole batch. */
import { ApplicationFailure } from '@temporalio/common';
import type { BatchPartitionResult } from '../../../workflows/contract/batches/batch.ts';
import { failureTypes, nonRetryableFailureTypes, type Reason } from '../../../workflows/contract/failures.ts';
import type { JsonValue } from '../../../workflows/contract/json/json.ts';
import { UnusableSchema, type OutputReader } from '../../output-schema.ts';
import type { ModelResponse } from '../../ports.ts';
import { cutText } from '../../../workflows/contract/cut-text.ts';

export type ItemVerdict =
  | { readonly kind: 'succeeded'; readonly output: JsonValue }
  /** A retry cannot help. */
  | { readonly kind: 'failed'; readonly reason: Reason }
  | { readonly kind: 'retry'; readonly reason: Reason; readonly afterMilliseconds: number | null }
  /** No item could succeed: the provider refuses the account or its credit is used up. */
  | { readonly kind: 'halt'; readonly reason: Reason };

/** The provider's error codes for temporary failures, and answers that another attempt may not have. */
const passing: ReadonlySet<string> = new Set([
  'server_error',
  'rate_limit_exceeded',
  'vector_store_timeout',
  'empty_answer',
  'unasked_tool_call',
]);

/** Throws the signal's reason when it interrupts the evaluation. An answer that could not be evaluated fails without a retry. */
export async function judgeResponse(
  response: ModelResponse,
  read: OutputReader,
  signal?: AbortSignal,
): Promise<ItemVerdict> {
  const { status, refusal, problem, text } = response;
  const description = problem === null ? status : `${problem.code}: ${problem.message}`;
  switch (status) {
    case 'failed':
      return problem !== null && !passing.has(problem.code)
        ? failed('provider_request', `the response failed: ${description}`)
        : retry('provider_unavailable', `the response failed: ${description}`);
    case 'incomplete':
      return failed('model_answer', `the answer was cut: ${description}; maxOutputTokens may be too small`);
    case 'cancelled':
      return failed('provider_request', 'the response was cancelled at the provider');
    case 'completed':
    case 'pending':
      break;
  }
  if (refusal !== null) return failed('model_refusal', `the model declined: ${refusal}`);
  const reading = await read(text, signal);
  if (reading.ok) return { kind: 'succeeded', output: reading.value };
  if (reading.isUnjudged === true) return failed('step_definition', `the answer was not judged: ${reading.problem}`);
  return retry('model_answer', `the answer does not fit the schema: ${reading.problem}`);
}

/** Rethrows an error that is not from the closed list of failures: it is a bug, not a failure of the provider. */
export function judgeFailure(error: unknown): ItemVerdict {
  if (!(error instanceof ApplicationFailure)) throw error;
  const type = failureTypes.find((known) => known === error.type);
  if (type === undefined) throw error;
  const reason: Reason = { type, message: cutText(error.message, 1000) };
  if (type === 'provider_authentication' || type === 'provider_quota') return { kind: 'halt', reason };
  if (nonRetryableFailureTypes.includes(type)) return { kind: 'failed', reason };
  const { nextRetryDelay } = error;
  return { kind: 'retry', reason, afterMilliseconds: typeof nextRetryDelay === 'number' ? nextRetryDelay : null };
}

/** Pauses the batch for an unusable schema, which no retry can mend; such schemas were once accepted. Rethrows other errors. */
export function pauseForSchema(error: unknown): BatchPartitionResult {
  if (!(error instanceof UnusableSchema)) throw error;
  return { outcome: 'pause', by: 'provider', message: schemaProblem(error.message) };
}

export function schemaProblem(problem: string): string {
  return cutText(`the output schema cannot be used, cancel the batch: ${problem}`, 1000);
}

function failed(type: Reason['type'], message: string): ItemVerdict {
  return { kind: 'failed', reason: { type, message: cutText(message, 1000) } };
}

function retry(type: Reason['type'], message: string): ItemVerdict {
  return { kind: 'retry', reason: { type, message: cutText(message, 1000) }, afterMilliseconds: null };
}

const firstBackoffMilliseconds = 1_000;
const longestBackoffMilliseconds = 60_000;

/** How long an item waits before its next attempt: exponential backoff with jitter, and at least what the provider asked for. */
export function itemBackoff(attempts: number, asked: number | null, random: () => number): number {
  const grown = Math.min(longestBackoffMilliseconds, firstBackoffMilliseconds * 2 ** Math.max(0, attempts - 1));
  return Math.round(Math.max(asked ?? 0, grown) * (1 + random() * 0.2));
}
