/**
 * Finds the response of a call that an earlier attempt has begun. The rule for a call that may have been paid and lost:
 *
 * 1. Within an attempt one model is asked. When it fails, no other is asked in its place.
 * 2. The next attempt looks for the response first, at the model that was really asked: by the stored answer, by its id, or by
 *    the provider's events where the provider keeps responses.
 * 3. Only what is not found is made again, at the model whose turn it is then, which may be another provider's. The row counts
 *    it in `repeats`, and names in `perhapsPaid` the models that may have been paid before.
 */
import { z } from 'zod';
import type { Ledger, LedgerRow } from '../../store/jobs/ledger.ts';
import type { JsonObject } from '../../workflows/contract/json/json.ts';
import type { BegunResponse, Model } from '../ports.ts';
import { claimRow, type RecordedCall, type Repeats } from './call-row.ts';
import type { ProviderEventLookup } from './provider-event-lookup.ts';
import { fromStored } from './stored-answer.ts';

export interface LostCallDependencies {
  readonly model: Model;
  readonly ledger: Ledger;
  /** Left out when the provider sends no events. */
  readonly eventLookup?: ProviderEventLookup;
  /** How long to wait for an event about an interrupted call; a minute when left out. */
  readonly lostMilliseconds?: number;
  /** Waits; rejects when the signal is aborted. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

export interface Begun extends Repeats {
  readonly response: BegunResponse;
  readonly basis: string;
}

interface SoughtCall extends RecordedCall {
  readonly signal: AbortSignal;
}

/** How long to wait for an event about an interrupted call, and how often to check. */
const longestLostMilliseconds = 60_000;
const lostStepMilliseconds = 1_000;

const ModelsSchema = z.array(z.string()).catch([]);

/** Null when the call is to be made. */
export async function findBegun(
  dependencies: LostCallDependencies,
  call: SoughtCall,
  row: LedgerRow,
): Promise<Begun | null> {
  const { model, ledger } = dependencies;
  const { request, signal } = call;
  if (row.state === 'failed') return null;
  const { basis } = row.data;
  const begun = { basis: typeof basis === 'string' ? basis : '', ...readRepeats(row.data) };
  const stored = fromStored(row.data['answer']);
  if (stored !== null) return { ...begun, response: stored };
  const name = askedModel(row.data, request.model);
  const id = row.data['responseId'];
  if (typeof id !== 'string') {
    const found = await withLostId(dependencies, call, name, row);
    return found === null ? null : findBegun(dependencies, call, found);
  }
  await claimRow(ledger, call, row, id);
  const response = await model.retrieve(id, name, signal);
  return { ...begun, response: { ...response, ...(name === request.model ? {} : { model: name }) } };
}

/** What the call's next attempt counts, when nothing was found of the one before. */
export function repeatsAfter(row: LedgerRow, requested: string): Repeats {
  const before = readRepeats(row.data);
  if (row.state !== 'intended') return before;
  // Without its name it was not sent, or its provider has reported a failure.
  const isPerhapsPaid = typeof row.data['name'] === 'string' || typeof row.data['responseId'] === 'string';
  const perhapsPaid = [...before.perhapsPaid, ...(isPerhapsPaid ? [askedModel(row.data, requested)] : [])];
  return { repeats: before.repeats + 1, perhapsPaid };
}

function readRepeats(data: JsonObject): Repeats {
  return { repeats: Number(data['repeats'] ?? 0), perhapsPaid: ModelsSchema.parse(data['perhapsPaid']) };
}

/** The model that was asked: the row names it where it was not the requested one. */
function askedModel({ model }: JsonObject, requested: string): string {
  return typeof model === 'string' ? model : requested;
}

/**
 * After a crash, finds the response id of an unacknowledged call by the provider's events. Returns the row as it is then, with the
 * id. Null when none arrives in time: then the call was most likely never made.
 */
async function withLostId(
  { eventLookup, ledger, lostMilliseconds = longestLostMilliseconds, model, sleep }: LostCallDependencies,
  { key, signal }: SoughtCall,
  asked: string,
  row: LedgerRow,
): Promise<LedgerRow | null> {
  const { name } = row.data;
  if (model.keepsResponses?.(asked) === false) return null;
  if (eventLookup === undefined || typeof name !== 'string' || !(await eventLookup.isHeard())) return null;
  for (let waited = 0; waited <= lostMilliseconds; waited += lostStepMilliseconds) {
    // An earlier attempt that still runs writes the id itself.
    const newest = (await ledger.find(key)) ?? row;
    if (typeof newest.data['responseId'] === 'string') return newest;
    const responseId = await eventLookup.responseTo(name, signal);
    if (responseId !== null) return { ...newest, data: { ...newest.data, responseId } };
    await sleep(lostStepMilliseconds, signal);
  }
  return null;
}
