/**
 * A model call within the limits of a tool request. It is stopped at the provider when its attempt or its layer is over, and
 * made again only where a whole attempt still fits. Temporal makes the attempts; the ledger keeps a call from being paid twice.
 */
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { Superseded } from '../../store/jobs/ledger.ts';
import type { AnsweredBy } from '../../workflows/contract/tools/answered-by.ts';
import type { ToolCut } from '../../workflows/contract/tools/tool-request.ts';
import { failure, knownFailureType } from '../failure.ts';
import { NothingBegun } from '../llm/paid-call.ts';
import {
  attemptMilliseconds,
  cancelMilliseconds,
  startAttempt,
  type LayeredCall,
  type LayeredCallDependencies,
} from './attempt.ts';
import { failureCut, firstBackoffSeconds, limitCut, type AttemptLimit } from './layer-clock.ts';

export type LayeredAnswer =
  | { readonly ok: true; readonly text: string; readonly by: AnsweredBy }
  | { readonly ok: false; readonly cut: ToolCut };

/** The least time in which a call may succeed at all. */
const leastMilliseconds = 1_000;

/** Throws a retryable failure when another attempt fits; any other end is returned. */
export async function callWithin(dependencies: LayeredCallDependencies, call: LayeredCall): Promise<LayeredAnswer> {
  const { now } = dependencies;
  const { clock } = call;
  if (clock.until - now() < leastMilliseconds) return { ok: false, cut: limitCut(clock, clock.endedBy, now(), null) };
  const attempt = startAttempt(dependencies, call);
  try {
    const { response } = await attempt.ask();
    if (response.refusal !== null) throw failure('model_refusal', `the model declined: ${response.refusal}`);
    if (response.status === 'incomplete') {
      throw failure('model_answer', `the answer was cut: ${response.problem?.message ?? 'no reason given'}`);
    }
    const asked = call.request.model;
    const by = { model: response.model ?? asked, replaces: response.model === undefined ? null : asked };
    return { ok: true, text: response.text, by };
  } catch (error) {
    if (call.signal.aborted) {
      if (await call.isOver().catch(() => false)) await stopAtProvider(dependencies, call.key);
      throw error;
    }
    // What this attempt met must not end a request that a later one answers.
    const row = await dependencies.ledger.find(call.key);
    if (row !== null && row.attempt > Context.current().info.attempt) {
      throw new Superseded(`a later attempt goes on with ${call.key}`, { cause: error });
    }
    if (error instanceof NothingBegun) return { ok: false, cut: unansweredCut(call, now()) };
    return { ok: false, cut: endOrRetry(dependencies, call, attempt.limitReached(error), error) };
  } finally {
    attempt.end();
  }
}

/** The end of a layer whose attempts are used up by workers that died or hung. */
function unansweredCut({ clock }: LayeredCall, now: number): ToolCut {
  const { layer, began, limits } = clock;
  const message = `no worker got an answer within its attempt; it was tried ${limits.attempts} times`;
  return failureCut(layer, began, 'provider_unavailable', message, now);
}

/**
 * A workflow that has ended cannot ask its activity to stop: the activity hears that it is not known any more, as one does that
 * another attempt has replaced. Only for the former is the call stopped.
 */
async function stopAtProvider({ ledger, model }: LayeredCallDependencies, key: string): Promise<void> {
  const id = (await ledger.find(key))?.data['responseId'];
  if (typeof id === 'string') await model.cancel(id, cancelMilliseconds).catch(() => undefined);
}

/** Throws what may be retried when another attempt fits into the layer; otherwise returns how the layer ended. */
function endOrRetry(
  { now }: LayeredCallDependencies,
  { clock, signal, attempt }: LayeredCall,
  limit: AttemptLimit | null,
  error: unknown,
): ToolCut {
  signal.throwIfAborted();
  if (limit === null && !(error instanceof ApplicationFailure)) throw error;
  const failed = error instanceof ApplicationFailure ? error : null;
  const asked = typeof failed?.nextRetryDelay === 'number' ? failed.nextRetryDelay : 0;
  const delay = Math.max(asked, firstBackoffSeconds * 1000 * 2 ** (attempt - 1));
  const mayRetry = failed === null || failed.nonRetryable !== true;
  const fits = now() + delay + attemptMilliseconds(clock).whole <= clock.until;
  const isLast = attempt >= clock.limits.attempts;
  if (mayRetry && fits && !isLast) {
    throw ApplicationFailure.create({
      type: failed?.type ?? 'provider_unavailable',
      message: failed?.message ?? 'the model did not answer within an attempt',
      nextRetryDelay: delay,
      ...(error instanceof Error ? { cause: error } : {}),
    });
  }
  const tried = attempt === 1 ? 'it was tried once' : `it was tried ${attempt} times`;
  if (limit !== null) return limitCut(clock, limit, now(), { tried, isLast });
  const retried = mayRetry ? `; ${tried}${isLast ? '' : ', and no other attempt fits into the time'}` : '';
  const type = (failed === null ? undefined : knownFailureType(failed)) ?? 'unexpected';
  return failureCut(clock.layer, clock.began, type, `${failed?.message ?? ''}${retried}`, now());
}
