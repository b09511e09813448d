/** One attempt at the provider within a layer: its limits, and how the call is stopped when they are reached. */
import { Context } from '@temporalio/activity';
import { payerOf } from '../../workflows/contract/names.ts';
import { isSilence, isTooLate } from '../llm/openai-errors.ts';
import { createPaidCalls, StoppedCall, type PaidCallDependencies } from '../llm/paid-call.ts';
import type { BegunResponse, Model, ModelRequest, StreamReceived } from '../ports.ts';
import { longestAttemptSeconds, type AttemptLimit, type LayerClock } from './layer-clock.ts';

export interface LayeredCallDependencies extends Omit<PaidCallDependencies, 'wasCancelled'> {
  readonly now: () => number;
  readonly wasCancelled: () => boolean;
}

export interface LayeredCall {
  readonly clock: LayerClock;
  /** Which attempt of the call this is, from 1. */
  readonly attempt: number;
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

export interface Attempt {
  readonly ask: () => ReturnType<ReturnType<typeof createPaidCalls>>;
  /** The limit that has ended the attempt, given the error it ended with; null when it was another reason. */
  readonly limitReached: (error: unknown) => AttemptLimit | null;
  readonly end: () => void;
}

/** After a crash: how long to wait for the provider's event about a call whose id was lost. */
const lostMilliseconds = 8_000;
const charactersOfToken = 4;
export const cancelMilliseconds = 1_000;

export function startAttempt(dependencies: LayeredCallDependencies, call: LayeredCall): Attempt {
  const { now, model } = dependencies;
  const { clock } = call;
  const began = now();
  const limits = attemptMilliseconds(clock);
  const endOf = (milliseconds: number): number => Math.min(began + milliseconds, clock.until);
  let until = endOf(limits.whole);
  let isStreamed = false;
  let isSilent = false;
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
  let asked = call.request.model;
  leaveWhenOver(call, () => model.keepsResponses?.(asked) === false, hardStop, over.signal);
  const heard = (received: StreamReceived): Promise<void> => {
    isStreamed = true;
    until = endOf(limits.streamed);
    return call.onTokens(Math.ceil(received.characters / charactersOfToken));
  };
  const mayGoOn = async (begun: BegunResponse): Promise<boolean> => {
    const received = begun.stream?.received?.();
    if (received !== undefined) await heard(received);
    isSilent = received !== undefined && now() - received.newestAt >= limits.silence;
    return now() < until && !isSilent;
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
  const left = (milliseconds: number): number => Math.max(1, Math.min(milliseconds, endOf(milliseconds) - now()));
  const request = (): ModelRequest => ({
    ...call.request,
    timeoutMilliseconds: left(limits.whole),
    streamLimits: { wholeMilliseconds: left(limits.streamed), silenceMilliseconds: limits.silence },
    onReplaced: async (name) => {
      asked = name;
    },
    // Progress is a convenience: a store that is busy must not fail the call.
    onReceived: (received) => void heard(received).catch(() => undefined),
  });
  return {
    ask: () =>
      ask({
        key: call.key,
        attempt: Context.current().info.attempt,
        jobId: payer.jobId,
        stepId: payer.stepId ?? call.tool,
        request: request(),
        // An attempt whose worker died has counted, too; its response may still be there.
        use: call.attempt > clock.limits.attempts ? 'seek' : 'make',
        basis: '',
        signal: AbortSignal.any([call.signal, hardStop.signal]),
        mayGoOn,
        hardStop: hardStop.signal,
      }),
    limitReached: (error) => {
      const isStopped = error instanceof StoppedCall || isTooLate(error);
      if (!isStopped && now() < until && !hardStop.signal.aborted) return null;
      if (now() >= clock.until) return clock.endedBy;
      if (isSilent || isSilence(error)) return 'silence';
      return isStreamed ? 'stream' : 'provider';
    },
    end: () => over.abort(),
  };
}

/**
 * Where the connection is the whole call, it ends with its request. The end of a worker, after which the request goes on, leaves
 * it: its answer is paid already.
 */
function leaveWhenOver(
  { signal, isOver }: LayeredCall,
  isWholeCall: () => boolean,
  hardStop: AbortController,
  attemptEnded: AbortSignal,
): void {
  const leave = async (): Promise<void> => {
    if (isWholeCall() && (await isOver())) hardStop.abort(signal.reason);
  };
  signal.addEventListener('abort', () => void leave().catch(() => undefined), { once: true, signal: attemptEnded });
}

export function attemptMilliseconds({ limits }: LayerClock): { whole: number; streamed: number; silence: number } {
  const of = (seconds: number | null): number => (seconds ?? longestAttemptSeconds) * 1000;
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
