/**
 * A model call within the limits of a tool request. It is stopped at the provider when its attempt or its layer is over, and
 * made again only where a whole attempt still fits. Temporal makes the attempts; the ledger keeps a call from being paid twice.
 */
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { ToolCut } from '../../workflows/contract/tools/tool-request.ts';
import { payerOf } from '../../workflows/contract/names.ts';
import { failure, knownFailureType } from '../failure.ts';
import { createPaidCalls, StoppedCall, type PaidCallDependencies } from '../llm/paid-call.ts';
import type { BegunResponse, Model, ModelRequest } from '../ports.ts';
import { failureCut, limitCut, type LayerClock } from './layer-clock.ts';

export interface LayeredCallDependencies extends Omit<PaidCallDependencies, 'wasCancelled'> {
  readonly now: () => number;
  readonly wasCancelled: () => boolean;
}

export interface LayeredCall {
  readonly clock: LayerClock;
  /** The ledger's key of the call. */
  readonly key: string;
  readonly requestId: string;
  readonly tool: string;
  readonly request: ModelRequest;
  /** The activity's own signal. */
  readonly signal: AbortSignal;
  /** Whether the request has ended meanwhile: then nobody waits for the answer. */
  readonly isOver: () => Promise<boolean>;
  /** Called now and then with the tokens that have arrived so far, estimated. */
  readonly onTokens: (tokens: number) => Promise<void>;
}

export type LayeredAnswer =
  | { readonly ok: true; readonly text: string; readonly tokens: number }
  | { readonly ok: false; readonly cut: ToolCut };

/** After a crash: how long to wait for the provider's event about a call whose id was lost. */
const lostMilliseconds = 8_000;
/** Without a limit of the provider, an attempt ends after this. */
const longestAttemptMilliseconds = 840_000;
/** The least time in which a call may succeed at all. */
const leastMilliseconds = 1_000;
const cancelMilliseconds = 1_000;
const charactersOfToken = 4;

/** Throws a retryable failure when another attempt fits; any other end is returned. */
export async function callWithin(dependencies: LayeredCallDependencies, call: LayeredCall): Promise<LayeredAnswer> {
  const { now } = dependencies;
  const { clock } = call;
  if (clock.until - now() < leastMilliseconds) return { ok: false, cut: limitCut(clock, clock.endedBy, now()) };
  const attempt = startAttempt(dependencies, call);
  try {
    const { response } = await attempt.ask();
    if (response.refusal !== null) throw failure('model_refusal', `the model declined: ${response.refusal}`);
    if (response.status === 'incomplete') {
      throw failure('model_answer', `the answer was cut: ${response.problem?.message ?? 'no reason given'}`);
    }
    return { ok: true, text: response.text, tokens: response.usage.outputTokens };
  } catch (error) {
    if (call.signal.aborted) {
      if (await call.isOver()) await stopAtProvider(dependencies, call.key);
      throw error;
    }
    return { ok: false, cut: endOrRetry(dependencies, call, attempt.isLimitReached(), error) };
  } finally {
    attempt.end();
  }
}

/**
 * A workflow that has ended cannot ask its activity to stop: the activity hears that it is not known any more, as one does that
 * another attempt has replaced. Only for the former is the call stopped.
 */
async function stopAtProvider({ ledger, model }: LayeredCallDependencies, key: string): Promise<void> {
  const id = (await ledger.find(key))?.data['responseId'];
  if (typeof id === 'string') await model.cancel(id, cancelMilliseconds).catch(() => undefined);
}

interface Attempt {
  readonly ask: () => ReturnType<ReturnType<typeof createPaidCalls>>;
  /** Whether the call was stopped by the attempt's or the layer's limit. */
  readonly isLimitReached: () => boolean;
  readonly end: () => void;
}

/** One attempt at the provider, with its own deadline. */
function startAttempt(dependencies: LayeredCallDependencies, call: LayeredCall): Attempt {
  const { now, model } = dependencies;
  const { clock } = call;
  const began = now();
  const limits = attemptMilliseconds(clock);
  const endOf = (milliseconds: number): number => Math.min(began + milliseconds, clock.until);
  let until = endOf(limits.whole);
  const hardStop = new AbortController();
  const over = new AbortController();
  // A provider that does not answer the stop either is cut off at the socket.
  const guard = async (): Promise<void> => {
    while (now() < until + clock.limits.stopSeconds * 1000) {
      await dependencies.sleep(until + clock.limits.stopSeconds * 1000 - now(), over.signal);
    }
    hardStop.abort(new StoppedCall('the time for this call was up'));
  };
  void guard().catch(() => undefined);
  if (model.keepsResponses?.(call.request.model) === false) leaveWhenOver(call, hardStop, over.signal);
  const mayGoOn = async (begun: BegunResponse): Promise<boolean> => {
    const received = begun.stream?.received?.();
    if (begun.stream !== undefined) until = endOf(limits.streamed);
    if (received !== undefined) await call.onTokens(Math.ceil(received.characters / charactersOfToken));
    const silent = received !== undefined && now() - received.newestAt >= limits.silence;
    return now() < until && !silent;
  };
  const ask = createPaidCalls({
    ...dependencies,
    lostMilliseconds,
    model: stoppable(model),
    // Wakes at the deadline and not at the next look.
    sleep: (milliseconds, signal) => dependencies.sleep(Math.max(0, Math.min(milliseconds, until - now())), signal),
    wasCancelled: () => hardStop.signal.aborted || dependencies.wasCancelled(),
  });
  const payer = payerOf(call.requestId);
  return {
    ask: () =>
      ask({
        key: call.key,
        jobId: payer.jobId,
        stepId: payer.stepId ?? call.tool,
        request: { ...call.request, timeoutMilliseconds: Math.max(1, until - now()) },
        basis: '',
        signal: AbortSignal.any([call.signal, hardStop.signal]),
        mayGoOn,
        hardStop: hardStop.signal,
      }),
    isLimitReached: () => now() >= until || hardStop.signal.aborted,
    end: () => over.abort(),
  };
}

/**
 * Where the connection is the whole call, it ends with its request. The end of a worker, after which the request goes on, leaves
 * it: its answer is paid already.
 */
function leaveWhenOver({ signal, isOver }: LayeredCall, hardStop: AbortController, attemptEnded: AbortSignal): void {
  const leave = async (): Promise<void> => {
    if (await isOver()) hardStop.abort(signal.reason);
  };
  signal.addEventListener('abort', () => void leave().catch(() => undefined), { once: true, signal: attemptEnded });
}

function attemptMilliseconds({ limits }: LayerClock): { whole: number; streamed: number; silence: number } {
  const of = (seconds: number | null): number => (seconds === null ? longestAttemptMilliseconds : seconds * 1000);
  return {
    whole: of(limits.providerSeconds),
    streamed: of(limits.streamSeconds),
    silence: of(limits.streamSilenceSeconds),
  };
}

/** A stop must not take longer than what is kept for it. */
function stoppable(model: Model): Model {
  return { ...model, cancel: (id) => model.cancel(id, cancelMilliseconds) };
}

const firstBackoffMilliseconds = 500;

/** Throws what Temporal retries when another attempt fits into the layer; otherwise returns how the layer ended. */
function endOrRetry(
  { now }: LayeredCallDependencies,
  { clock, signal }: LayeredCall,
  isLimitReached: boolean,
  error: unknown,
): ToolCut {
  signal.throwIfAborted();
  const isStopped = error instanceof StoppedCall;
  if (!isStopped && !(error instanceof ApplicationFailure)) throw error;
  const { attempt } = Context.current().info;
  const named = isStopped ? undefined : error.nextRetryDelay;
  const asked = typeof named === 'number' ? named : 0;
  const delay = Math.max(asked, firstBackoffMilliseconds * 2 ** (attempt - 1));
  const mayRetry = isStopped || error.nonRetryable !== true;
  const fits = now() + delay + attemptMilliseconds(clock).whole <= clock.until;
  if (mayRetry && fits && attempt < clock.limits.attempts) {
    throw ApplicationFailure.create({
      type: isStopped ? 'provider_unavailable' : (error.type ?? 'provider_unavailable'),
      message: isStopped ? 'the model did not answer within an attempt' : error.message,
      nextRetryDelay: delay,
      ...(error instanceof Error ? { cause: error } : {}),
    });
  }
  if (isStopped || isLimitReached) return limitCut(clock, now() >= clock.until ? clock.endedBy : 'provider', now());
  const tried = attempt === 1 ? 'it was tried once' : `it was tried ${attempt} times`;
  const isLast = attempt >= clock.limits.attempts;
  const retried = mayRetry ? `; ${tried}${isLast ? '' : ', and no other attempt fits into the time'}` : '';
  const type = knownFailureType(error) ?? 'unexpected';
  return failureCut(clock.layer, clock.began, type, `${error.message}${retried}`, now());
}
