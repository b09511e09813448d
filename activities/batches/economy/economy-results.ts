/** Processes a provider batch that has ended: writes its answers to their items, and ends or retries the items without one. */
import type { OpenItem } from '../../../store/batches/items/open-items.ts';
import type { ProviderBatch } from '../../../store/batches/provider-batches.ts';
import type { Reason } from '../../../workflows/contract/failures.ts';
import { endItem, retryItem, unpaid, type EconomyContext } from './economy-context.ts';
import type { BatchAnswerLine, ReportedBatch } from './economy-ports.ts';
import { judgeResponse } from '../partition/item-end.ts';
import { cutText } from '../../../workflows/contract/cut-text.ts';

const pageSize = 100;

/** Safe to repeat: after a crash the next attempt processes the same files again and skips items that have ended. */
export async function settleProviderBatch(
  context: EconomyContext,
  providerBatch: ProviderBatch,
  batch: ReportedBatch,
): Promise<void> {
  const { dependencies, key, definition, signal } = context;
  const { batchApi, store } = dependencies;
  for (const fileId of batch.fileIds) {
    for await (const line of batchApi.answers(fileId, definition.model, signal)) {
      const position = /^\d+$/.test(line.customId) ? Number(line.customId) : null;
      const item = position === null ? null : await store.providerBatches.find(key, batch.id, position);
      // A second line for the same item finds no open item and is ignored.
      if (item !== null) await settleLine(context, item, line);
    }
  }
  await settleUnanswered(context, batch);
  await store.providerBatches.change(key, providerBatch.number, { state: 'ended' });
}

/** Ends the open items of a provider batch that did not end although it was cancelled: their calls may have been paid. */
export async function abandonProviderBatch(
  context: EconomyContext,
  providerBatch: ProviderBatch,
  providerId: string,
): Promise<void> {
  const { dependencies, key } = context;
  const message = 'the batch at the provider did not end, though it was cancelled: the call may be paid for';
  const reason: Reason = { type: 'effect_uncertain', message };
  for await (const item of openItems(context, providerId)) {
    const end = context.stopped ?? { status: 'failed' as const, reason };
    await endItem(context, item, end, { usage: null, uncertain: true });
  }
  await dependencies.store.providerBatches.change(key, providerBatch.number, { state: 'ended' });
}

/** The open items of a provider batch (null: the items with status `intended`) in order; holds one page of them in memory. */
export async function* openItems(
  { dependencies, key }: EconomyContext,
  providerId: string | null,
): AsyncGenerator<OpenItem> {
  for (let after = -1; ;) {
    const items = await dependencies.store.providerBatches.items(key, providerId, { after, count: pageSize });
    yield* items;
    const last = items.at(-1);
    if (last === undefined) return;
    after = last.position;
  }
}

/** HTTP statuses and error codes of requests that are worth a retry. */
const passingStatuses: ReadonlySet<number | null> = new Set([408, 409, 429]);
const neverMade: ReadonlySet<string> = new Set(['batch_expired', 'batch_cancelled']);

async function settleLine(context: EconomyContext, item: OpenItem, line: BatchAnswerLine): Promise<void> {
  const { response, problem } = line;
  if (response !== null) {
    const verdict = await judgeResponse(response, context.read, context.signal);
    const paid = { usage: response.usage, uncertain: false };
    if (verdict.kind === 'succeeded') {
      return endItem(context, item, { status: 'succeeded', reason: null, output: verdict.output }, paid);
    }
    if (verdict.kind === 'retry') return retryItem(context, item, verdict.reason, paid);
    return endItem(context, item, { status: 'failed', reason: verdict.reason }, paid);
  }
  const { code, message, httpStatus } = problem ?? {
    code: 'unknown',
    message: 'no reason was given',
    httpStatus: null,
  };
  const description = cutText(`the provider answered ${httpStatus ?? code}: ${message}`, 1000);
  const passes = neverMade.has(code) || passingStatuses.has(httpStatus) || (httpStatus ?? 0) >= 500;
  if (passes) return retryItem(context, item, { type: 'provider_unavailable', message: description }, unpaid);
  const reason: Reason = { type: 'provider_request', message: description };
  // Status 200 with an unusable body: the provider has charged for it.
  return endItem(context, item, { status: 'failed', reason }, { usage: null, uncertain: httpStatus === 200 });
}

/** Ends or retries the items that no line mentions, depending on how the provider batch ended. */
async function settleUnanswered(context: EconomyContext, batch: ReportedBatch): Promise<void> {
  const refused = await refusedPositions(context, batch);
  for await (const item of openItems(context, batch.id)) {
    if (batch.status === 'completed') {
      const message =
        "the provider's batch is complete and holds no line for the item: the call may have been paid for";
      const reason: Reason = { type: 'effect_uncertain', message };
      await endItem(context, item, { status: 'failed', reason }, { usage: null, uncertain: true });
      continue;
    }
    const problem = refused.get(item.position);
    if (problem === undefined) await retryItem(context, item, wholeReason(batch), unpaid);
    else {
      const reason: Reason = { type: 'provider_request', message: `the provider refused the request: ${problem}` };
      await endItem(context, item, { status: 'failed', reason }, unpaid);
    }
  }
}

/** Problems of single items by position. The provider names lines only when its validation refused the whole file. */
async function refusedPositions(
  { dependencies, key }: EconomyContext,
  { id, status, problems }: ReportedBatch,
): Promise<ReadonlyMap<number, string>> {
  if (status !== 'failed' || problems.every(({ line }) => line === null)) return new Map();
  const positions = await dependencies.store.providerBatches.positions(key, id);
  const refused = new Map<number, string>();
  for (const { line, message } of problems) {
    const position = line === null ? undefined : positions[line - 1];
    if (position !== undefined) refused.set(position, cutText(message, 900));
  }
  return refused;
}

function wholeReason({ status, problems }: ReportedBatch): Reason {
  const [first] = problems;
  const why = first === undefined ? '' : `: ${first.code}: ${first.message}`;
  return { type: 'provider_unavailable', message: cutText(`the provider's batch has ${status}${why}`, 1000) };
}
