/**
 * A model call that is paid once: the ledger has `intended` before the call, its response id as soon as it is known,
 * and `done` afterwards. A later attempt with the same key fetches the response that was begun instead of paying again. An
 * answer that its provider does not keep is stored in the row; only one that was lost on its way may have to be paid again,
 * which the row counts.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import type { FailureType } from '../../workflows/contract/failures.ts';
import type { JsonObject } from '../../workflows/contract/json/json.ts';
import { Superseded } from '../../store/jobs/ledger.ts';
import { failure, isPerhapsPaid } from '../failure.ts';
import { measured, noteRun } from '../runs/run-meter.ts';
import {
  isSuperseded,
  noRepeats,
  recordEnd,
  repeatData,
  rowData,
  rowOf,
  type RecordedCall,
  type Repeats,
} from './call-row.ts';
import { findBegun, repeatsAfter, type Begun, type LostCallDependencies } from './lost-call.ts';
import { providerWords } from './openai-errors.ts';
import type { BegunResponse, ModelRequest, ModelResponse } from '../ports.ts';

export interface PaidCallDependencies extends LostCallDependencies {
  /** Whether the step was cancelled for good; a worker that shuts down leaves its call to the next attempt. */
  readonly wasCancelled: () => boolean;
}

export interface PaidCall extends RecordedCall {
  readonly request: ModelRequest;
  /**
   * What the request was built from (a screen's hash); stored with the call and returned when the call is found again.
   */
  readonly basis: string;
  readonly signal: AbortSignal;
  /**
   * Checked while the answer is waited for; on false the call is stopped at the provider and `StoppedCall` is thrown.
   */
  readonly mayGoOn: (begun: BegunResponse) => Promise<boolean>;
  /** Called before the call is begun or made again; throws when this attempt may begin none. */
  readonly beforeBegin?: () => Promise<void>;
  /** `seek`: the call is only found again, never made; where nothing is found, `NothingBegun` is thrown. */
  readonly use?: 'make' | 'seek';
  /** Ends the request that starts the response, too: for a call whose time limit comes before that request's own. */
  readonly hardStop?: AbortSignal;
}

/** The call was stopped at the provider because its caller's time was up. */
export class StoppedCall extends Error {
  override readonly name = 'StoppedCall';
}

/** No response of the call is known, and it was not to be made. */
export class NothingBegun extends Error {
  override readonly name = 'NothingBegun';
}

export interface PaidAnswer {
  /** Completed, or `incomplete` with the part that the model had written. */
  readonly response: ModelResponse;
  /** The basis of the request that was really sent: an earlier attempt's when the call was found again. */
  readonly basis: string;
}

const firstPollMilliseconds = 40;
const longestPollMilliseconds = 2_000;

export function createPaidCalls(dependencies: PaidCallDependencies): (call: PaidCall) => Promise<PaidAnswer> {
  const askOnce = async (call: PaidCall): Promise<PaidAnswer> => {
    const { response, basis, ...repeats } = await findOrBegin(dependencies, call);
    const { response: last, stopped } = await settleOrCancel(dependencies, call, response).finally(() => {
      response.stream?.close();
    });
    // Neither a stream nor a poll says which model was asked.
    const ended = response.model === undefined ? last : { ...last, model: response.model };
    await recordEnd(dependencies.ledger, call, ended, rowData(ended, basis, repeats));
    return { response: checked(ended, stopped), basis };
  };
  return (call) => {
    noteRun({ model: call.request.model });
    return measured('model', () => askOnce(call));
  };
}

async function findOrBegin(dependencies: PaidCallDependencies, call: PaidCall): Promise<Begun> {
  const { ledger } = dependencies;
  const { key, basis, use = 'make' } = call;
  // Nothing is begun that this attempt cannot wait for.
  call.signal.throwIfAborted();
  // A new name for each time that the call is made: the result of an earlier one is no answer to this one.
  const name = randomUUID();
  await call.beforeBegin?.();
  if (use === 'make' && (await ledger.begin(rowOf(call, 'intended', { name, basis, repeats: 0 }))))
    return make(dependencies, call, name, noRepeats);
  for (;;) {
    const before = await ledger.find(key);
    const begun = before === null ? null : await findBegun(dependencies, call, before);
    if (begun !== null) return begun;
    if (use === 'seek') throw new NothingBegun(`no response of ${key} is known`);
    if (before === null) throw new Error(`the key ${key} of the ledger belongs to another tenant`);
    const repeats = repeatsAfter(before, call.request.model);
    await call.beforeBegin?.();
    const isTaken = await ledger.replace(rowOf(call, 'intended', { name, basis, ...repeatData(repeats) }), before);
    if (isTaken) return make(dependencies, call, name, repeats);
    // An earlier attempt that still runs has written the id of its call meanwhile.
  }
}

/** Makes a call whose intent is recorded, and stores its response id as soon as there is one. */
async function make(
  dependencies: PaidCallDependencies,
  call: PaidCall,
  name: string,
  repeats: Repeats,
): Promise<Begun> {
  const response = await createOrForget(dependencies, call, name, repeats);
  const data = rowData(response, call.basis, repeats);
  try {
    await dependencies.ledger.write(rowOf(call, 'intended', data));
  } catch (error) {
    if (error instanceof Superseded) await giveUp(dependencies, call, response, data);
    throw error;
  }
  return { response, basis: call.basis, ...repeats };
}

/** A later attempt has made the call anew: nobody waits for this one. What it has cost is recorded. */
async function giveUp(
  { model, ledger }: PaidCallDependencies,
  call: PaidCall,
  response: BegunResponse,
  data: JsonObject,
): Promise<void> {
  response.stream?.close();
  if (response.status === 'pending') await model.cancel(response.id).catch(() => undefined);
  else await recordEnd(ledger, call, response, data);
}

/** Failures after which the provider has no response, so that nothing was paid. */
const refusals: readonly string[] = [
  'provider_authentication',
  'provider_quota',
  'provider_rate_limit',
  'provider_request',
  'model_refusal',
  'step_definition',
] satisfies readonly FailureType[];

/**
 * A refusal is no call: its row must not count as one that may have been paid. After any other error (a time-out, a
 * reset, a 5xx, a truncated body) the response may exist, and the row stays `intended`.
 */
async function createOrForget(
  dependencies: PaidCallDependencies,
  call: PaidCall,
  name: string,
  repeats: Repeats,
): Promise<BegunResponse> {
  const { request, basis } = call;
  const row = { basis, ...repeatData(repeats) };
  let asked = request.model;
  const onReplaced = async (model: string): Promise<void> => {
    asked = model;
    await dependencies.ledger.write(rowOf(call, 'intended', { ...row, name, model }));
    await request.onReplaced?.(model);
  };
  try {
    const signal = signalOf(dependencies, call, () => asked);
    return await dependencies.model.create({ ...request, callKey: name, onReplaced }, signal);
  } catch (error) {
    if (error instanceof ApplicationFailure) {
      const isRefusal = refusals.includes(error.type ?? '') && !isPerhapsPaid(error);
      const model = asked === request.model ? {} : { model: asked };
      if (isRefusal) await dependencies.ledger.write(rowOf(call, 'failed', row));
      // Without its name nothing waits for it: no request was sent, or the provider reported a failure of its own.
      else if (!isPerhapsPaid(error)) await dependencies.ledger.write(rowOf(call, 'intended', { ...row, ...model }));
    }
    throw error;
  }
}

/**
 * What ends the request that starts the response, beside its hard stop. Where the request is the whole call, the cancellation of
 * its step does; the end of a worker does not, because the answer would be paid and lost. A response that its provider keeps
 * is cancelled as soon as its id is known.
 */
function signalOf(
  { model, wasCancelled }: PaidCallDependencies,
  call: PaidCall,
  asked: () => string,
): AbortSignal | undefined {
  const { hardStop } = call;
  const cancelled = new AbortController();
  // The listener is called outside of the activity's context, in which alone it can be asked why.
  const leave = AsyncLocalStorage.bind(() => {
    if (model.keepsResponses?.(asked()) === false && wasCancelled()) cancelled.abort(call.signal.reason);
  });
  call.signal.addEventListener('abort', leave, { once: true });
  if (call.signal.aborted) leave();
  return hardStop === undefined ? cancelled.signal : AbortSignal.any([cancelled.signal, hardStop]);
}

interface Settled {
  readonly response: ModelResponse;
  /** Whether the call was stopped at the provider because the caller's time was up. */
  readonly stopped: boolean;
}

/** Nobody will use the answer to a cancelled step, so the provider need not finish it. */
async function settleOrCancel(
  dependencies: PaidCallDependencies,
  call: PaidCall,
  response: BegunResponse,
): Promise<Settled> {
  try {
    return await settle(dependencies, call, response);
  } catch (error) {
    if (call.signal.aborted && dependencies.wasCancelled()) {
      await dependencies.model.cancel(response.id).catch(() => undefined);
    }
    throw error;
  }
}

async function settle(dependencies: PaidCallDependencies, call: PaidCall, first: BegunResponse): Promise<Settled> {
  const { model, sleep } = dependencies;
  let { stream } = first;
  let response: ModelResponse = first;
  // With an open stream the response is polled rarely: a connection can be dead without any sign of it.
  let wait = stream === undefined ? firstPollMilliseconds : longestPollMilliseconds;
  while (response.status === 'pending') {
    call.signal.throwIfAborted();
    if (!(await call.mayGoOn(first))) return { response: await stop(dependencies, call, first), stopped: true };
    const waited = new AbortController();
    const ended = await Promise.race([
      ...(stream === undefined ? [] : [stream.ended]),
      sleep(wait, AbortSignal.any([call.signal, waited.signal])).then(() => 'nothing' as const),
    ]).finally(() => waited.abort());
    if (ended !== null && ended !== 'nothing') return { response: ended, stopped: false };
    // A stream that broke off reports nothing more: from now on the response is polled, with waits in between.
    if (ended === null) {
      stream = undefined;
      wait = firstPollMilliseconds;
    }
    wait = Math.min(wait * 1.5, longestPollMilliseconds);
    response = await model.retrieve(response.id, first.model ?? call.request.model, call.signal);
  }
  return { response, stopped: false };
}

/** The response after its cancellation at the provider: when it completed before, it is an answer. */
async function stop(
  { model, ledger }: PaidCallDependencies,
  call: PaidCall,
  response: ModelResponse,
): Promise<ModelResponse> {
  if (await isSuperseded(ledger, call)) throw new Superseded(`a later attempt waits for the answer of ${call.key}`);
  await model.cancel(response.id).catch(() => undefined);
  const last = await model.retrieve(response.id, response.model ?? call.request.model, call.signal);
  return last.status === 'pending' ? { ...last, status: 'cancelled' } : last;
}

function checked(response: ModelResponse, stopped: boolean): ModelResponse {
  if (response.status === 'completed' || response.status === 'incomplete') return response;
  if (stopped) throw new StoppedCall('the time for this call was up');
  const { problem } = response;
  const why = problem === null ? response.status : providerWords(`${problem.code}: ${problem.message}`);
  const rateLimited = response.problem?.code === 'rate_limit_exceeded';
  throw failure(rateLimited ? 'provider_rate_limit' : 'provider_unavailable', `the model call failed: ${why}`);
}
