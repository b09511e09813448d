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
import type { JsonObject, JsonValue } from '../../workflows/contract/json/json.ts';
import { Superseded, type Ledger, type LedgerRow } from '../../store/jobs/ledger.ts';
import { failure, isPerhapsPaid } from '../failure.ts';
import { claimRow, isSuperseded, recordEnd, rowData, rowOf, type RecordedCall } from './call-row.ts';
import { providerWords } from './openai-errors.ts';
import type { ProviderEventLookup } from './provider-event-lookup.ts';
import { fromStored } from './stored-answer.ts';
import type { BegunResponse, Model, ModelRequest, ModelResponse } from '../ports.ts';

export interface PaidCallDependencies {
  readonly model: Model;
  readonly ledger: Ledger;
  /** Left out when the provider sends no events. */
  readonly eventLookup?: ProviderEventLookup;
  /** How long to wait for an event about an interrupted call; a minute when left out. */
  readonly lostMilliseconds?: number;
  /** Waits; rejects when the signal is aborted. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
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
  /** Ends the request that starts the response, too: for a call whose time limit comes before that request's own. */
  readonly hardStop?: AbortSignal;
}

/** The call was stopped at the provider because its caller's time was up. */
export class StoppedCall extends Error {
  override readonly name = 'StoppedCall';
}

export interface PaidAnswer {
  /** Completed, or `incomplete` with the part that the model had written. */
  readonly response: ModelResponse;
  /** The basis of the request that was really sent: an earlier attempt's when the call was found again. */
  readonly basis: string;
}

/** How long to wait for an event about an interrupted call, and how often to check. */
const longestLostMilliseconds = 60_000;
const lostStepMilliseconds = 1_000;
const firstPollMilliseconds = 40;
const longestPollMilliseconds = 2_000;

export function createPaidCalls(dependencies: PaidCallDependencies): (call: PaidCall) => Promise<PaidAnswer> {
  return async (call) => {
    const { response, basis, repeats } = await findOrBegin(dependencies, call);
    const { response: last, stopped } = await settleOrCancel(dependencies, call, response).finally(() => {
      response.stream?.close();
    });
    // Neither a stream nor a poll says which model was asked.
    const ended = response.model === undefined ? last : { ...last, model: response.model };
    await recordEnd(dependencies.ledger, call, ended, rowData(ended, basis, repeats));
    return { response: checked(ended, stopped), basis };
  };
}

interface Begun {
  readonly response: BegunResponse;
  readonly basis: string;
  /** Calls that may have been paid and lost: begun by an attempt that died before it learnt the response id. */
  readonly repeats: number;
}

async function findBegun(dependencies: PaidCallDependencies, call: PaidCall, row: LedgerRow): Promise<Begun | null> {
  const { model } = dependencies;
  if (row.state === 'failed') return null;
  const { basis, model: answering } = row.data;
  const begun = { basis: typeof basis === 'string' ? basis : '', repeats: Number(row.data['repeats'] ?? 0) };
  const stored = fromStored(row.data['answer']);
  if (stored !== null) return { ...begun, response: stored };
  const id = row.data['responseId'] ?? (await lostId(dependencies, call, row.data['name']));
  if (typeof id !== 'string') return null;
  await claimRow(dependencies.ledger, call, row, id);
  const name = typeof answering === 'string' ? answering : call.request.model;
  const response = await model.retrieve(id, name, call.signal);
  return { ...begun, response: { ...response, ...(name === call.request.model ? {} : { model: name }) } };
}

/**
 * After a crash, finds the response id of an unacknowledged call by the provider's events. Null when none arrives in
 * time: then the call was most likely never made.
 */
async function lostId(
  { eventLookup, ledger, lostMilliseconds = longestLostMilliseconds, model, sleep }: PaidCallDependencies,
  call: PaidCall,
  name: JsonValue | undefined,
): Promise<string | null> {
  if (model.keepsResponses?.(call.request.model) === false) return null;
  if (eventLookup === undefined || typeof name !== 'string' || !(await eventLookup.isHeard())) return null;
  for (let waited = 0; waited <= lostMilliseconds; waited += lostStepMilliseconds) {
    // An earlier attempt that still runs writes the id itself.
    const known = (await ledger.find(call.key))?.data['responseId'];
    const id = typeof known === 'string' ? known : await eventLookup.responseTo(name, call.signal);
    if (id !== null) return id;
    await sleep(lostStepMilliseconds, call.signal);
  }
  return null;
}

async function findOrBegin(dependencies: PaidCallDependencies, call: PaidCall): Promise<Begun> {
  const { ledger } = dependencies;
  const { key, basis } = call;
  // Nothing is begun that this attempt cannot wait for.
  call.signal.throwIfAborted();
  // A new name for each time that the call is made: the result of an earlier one is no answer to this one.
  const name = randomUUID();
  if (await ledger.begin(rowOf(call, 'intended', { name, basis, repeats: 0 })))
    return make(dependencies, call, name, 0);
  for (;;) {
    const before = await ledger.find(key);
    if (before === null) throw new Error(`the key ${key} of the ledger belongs to another tenant`);
    const begun = await findBegun(dependencies, call, before);
    if (begun !== null) return begun;
    const repeats = Number(before.data['repeats'] ?? 0) + (before.state === 'intended' ? 1 : 0);
    const isTaken = await ledger.replace(rowOf(call, 'intended', { name, basis, repeats }), before);
    if (isTaken) return make(dependencies, call, name, repeats);
    // An earlier attempt that still runs has written the id of its call meanwhile.
  }
}

/** Makes a call whose intent is recorded, and stores its response id as soon as there is one. */
async function make(dependencies: PaidCallDependencies, call: PaidCall, name: string, repeats: number): Promise<Begun> {
  const response = await createOrForget(dependencies, call, name, repeats);
  const data = rowData(response, call.basis, repeats);
  try {
    await dependencies.ledger.write(rowOf(call, 'intended', data));
  } catch (error) {
    if (error instanceof Superseded) await giveUp(dependencies, call, response, data);
    throw error;
  }
  return { response, basis: call.basis, repeats };
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
  repeats: number,
): Promise<BegunResponse> {
  try {
    const signal = signalOf(dependencies, call);
    return await dependencies.model.create({ ...call.request, callKey: name }, signal);
  } catch (error) {
    if (error instanceof ApplicationFailure) {
      const row = { basis: call.basis, repeats };
      const isRefusal = refusals.includes(error.type ?? '') && !isPerhapsPaid(error);
      if (isRefusal) await dependencies.ledger.write(rowOf(call, 'failed', row));
      // Without its name nothing waits for it: no request was sent, or the provider reported a failure of its own.
      else if (!isPerhapsPaid(error)) await dependencies.ledger.write(rowOf(call, 'intended', row));
    }
    throw error;
  }
}

/**
 * What ends the request that starts the response, beside its hard stop. Where the request is the whole call, the cancellation of
 * its step does; the end of a worker does not, because the answer would be paid and lost. A response that its provider keeps
 * is cancelled as soon as its id is known.
 */
function signalOf({ model, wasCancelled }: PaidCallDependencies, call: PaidCall): AbortSignal | undefined {
  const { hardStop } = call;
  if (model.keepsResponses?.(call.request.model) !== false) return hardStop;
  const cancelled = new AbortController();
  // The listener is called outside of the activity's context, in which alone it can be asked why.
  const leave = AsyncLocalStorage.bind(() => {
    if (wasCancelled()) cancelled.abort(call.signal.reason);
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
