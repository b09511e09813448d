/** The row of a model call in the ledger: what it holds, and how an attempt writes it. */
import type { JsonObject } from '../../workflows/contract/json/json.ts';
import type { Ledger, LedgerRow, LedgerState, NewLedgerRow } from '../../store/jobs/ledger.ts';
import type { BegunResponse, ModelRequest, ModelResponse } from '../ports.ts';
import type { AttemptRecord } from '../records/attempt-record.ts';
import { toStored } from './stored-answer.ts';

/** What the ledger knows a call by. */
export interface RecordedCall {
  /** The same for every attempt of the same call. */
  readonly key: string;
  readonly jobId: string;
  readonly stepId: string;
  /** Of the activity: an attempt that a later one has replaced changes nothing. Left out where something else keeps them apart. */
  readonly attempt?: number | undefined;
  readonly request: Pick<ModelRequest, 'model'>;
  /**
   * Records the end of an answered call together with other changes of its step; at once when left out. Until then the
   * call is found again by its id.
   */
  readonly later?: AttemptRecord['later'];
}

/** What a row tells of the attempts before. */
export interface Repeats {
  /** Calls that were begun and not refused, and whose response id nobody has learnt. */
  readonly repeats: number;
  /** The models of those among them that may have been paid: they were sent, and no failure of their provider is known. */
  readonly perhapsPaid: readonly string[];
}

export const noRepeats: Repeats = { repeats: 0, perhapsPaid: [] };

export function repeatData({ repeats, perhapsPaid }: Repeats): JsonObject {
  return { repeats, ...(perhapsPaid.length === 0 ? {} : { perhapsPaid: [...perhapsPaid] }) };
}

/** What a row knows of a response: enough to find it again. */
export function rowData(response: ModelResponse, basis: string, repeats: Repeats): JsonObject {
  return {
    responseId: response.id,
    basis,
    ...repeatData(repeats),
    ...(response.model === undefined ? {} : { model: response.model }),
    ...(response.isKept === false ? { answer: toStored(response) } : {}),
  };
}

export function rowOf({ key, jobId, attempt }: RecordedCall, state: LedgerState, data: JsonObject): NewLedgerRow {
  return { key, jobId, kind: 'model_call', state, data, attempt };
}

/** Makes the row of a call that is found again this attempt's own, with the id by which it was found. */
export async function claimRow(ledger: Ledger, call: RecordedCall, row: LedgerRow, responseId: string): Promise<void> {
  if (call.attempt === undefined || row.state !== 'intended') return;
  await ledger.write(rowOf(call, 'intended', { ...row.data, responseId }));
}

/** Whether the row names the response: a call that has it is found again and not made. */
export function hasResponse({ state, data }: LedgerRow): boolean {
  return state !== 'failed' && typeof data['responseId'] === 'string';
}

export async function isSuperseded(ledger: Ledger, { key, attempt }: RecordedCall): Promise<boolean> {
  return attempt !== undefined && ((await ledger.find(key))?.attempt ?? 0) > attempt;
}

export async function recordEnd(
  ledger: Ledger,
  call: RecordedCall,
  ended: ModelResponse | BegunResponse,
  data: JsonObject,
): Promise<void> {
  const { key, jobId, stepId, request, later } = call;
  const { id: responseId, status, usage } = ended;
  // An answer that was cut off, and a call that failed late, are paid for too.
  const isPaid = usage.inputTokens + usage.outputTokens > 0;
  const paid = isPaid ? { responseId, key, jobId, stepId, model: ended.model ?? request.model, usage } : null;
  const isAnswer = status === 'completed' || status === 'incomplete';
  const row = rowOf(call, isAnswer ? 'done' : 'failed', data);
  // The row of a failed call allows it to be made again, so it is written at once.
  if (later === undefined || !isAnswer) await ledger.settle(row, paid);
  else later((parts) => parts.ledger.settle(row, paid));
}
