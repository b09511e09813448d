/** Settles a provider's batch that has ended: streams its answers to their items, and ends or repeats the rest. */
import type { OpenItem } from '../../../store/batches/open-items.ts';
import type { ProviderBatch } from '../../../store/batches/provider-batches.ts';
import type { Reason } from '../../../workflows/contract/failures.ts';
import { endItem, tryAgain, unpaid, type EconomyContext } from './economy-context.ts';
import type { BatchAnswerLine, ReportedBatch } from './economy-ports.ts';
import { judgeResponse } from '../partition/item-end.ts';

const pageSize = 100;

/** What it has not settled when it is cut off, the next attempt settles: items that have ended are passed over. */
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
      // A second line for an item that is settled changes nothing.
      if (item !== null) await settleLine(context, item, line);
    }
  }
  await settleUnanswered(context, batch);
  await store.providerBatches.change(key, providerBatch.number, { state: 'ended' });
}

/** Ends what a provider's batch that never ended has kept open: it may be paid for. */
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

/** The open items of a provider's batch (null: the intended ones) in order, a page of them in memory. */
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

/** Statuses and codes of requests that may do better another time. */
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
    if (verdict.kind === 'retry') return tryAgain(context, item, verdict.reason, paid);
    return endItem(context, item, { status: 'failed', reason: verdict.reason }, paid);
  }
  const { code, message, httpStatus } = problem ?? {
    code: 'unknown',
    message: 'no reason was given',
    httpStatus: null,
  };
  const description = `the provider answered ${httpStatus ?? code}: ${message}`.slice(0, 1000);
  const passes = neverMade.has(code) || passingStatuses.has(httpStatus) || (httpStatus ?? 0) >= 500;
  if (passes) return tryAgain(context, item, { type: 'provider_unavailable', message: description }, unpaid);
  const reason: Reason = { type: 'provider_request', message: description };
  // An answer that is there and cannot be used is paid for all the same.
  return endItem(context, item, { status: 'failed', reason }, { usage: null, uncertain: httpStatus === 200 });
}

/** Items that no line is about: what that means depends on how the batch ended. */
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
    if (problem === undefined) await tryAgain(context, item, wholeReason(batch), unpaid);
    else {
      const reason: Reason = { type: 'provider_request', message: `the provider refused the request: ${problem}` };
      await endItem(context, item, { status: 'failed', reason }, unpaid);
    }
  }
}

/** What was said against items. Only a batch that failed its check names lines; none of it was answered. */
async function refusedPositions(
  { dependencies, key }: EconomyContext,
  { id, status, problems }: ReportedBatch,
): Promise<ReadonlyMap<number, string>> {
  if (status !== 'failed' || problems.every(({ line }) => line === null)) return new Map();
  const positions = await dependencies.store.providerBatches.positions(key, id);
  const refused = new Map<number, string>();
  for (const { line, message } of problems) {
    const position = line === null ? undefined : positions[line - 1];
    if (position !== undefined) refused.set(position, message.slice(0, 900));
  }
  return refused;
}

function wholeReason({ status, problems }: ReportedBatch): Reason {
  const [first] = problems;
  const why = first === undefined ? '' : `: ${first.code}: ${first.message}`;
  return { type: 'provider_unavailable', message: `the provider's batch has ${status}${why}`.slice(0, 1000) };
}
