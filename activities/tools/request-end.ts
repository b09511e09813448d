/** The end of a tool request, recorded once and measured with it. */
import { Context } from '@temporalio/activity';
import type { Store } from '../../store/store.ts';
import type { ToolEnd } from '../../store/tools/tool-requests.ts';
import { payerOf } from '../../workflows/contract/names.ts';
import type { ToolOutcome } from '../../workflows/contract/tools/tool-request.ts';
import { measureEnd } from './metrics.ts';

/** Ends a request, unless it has ended. Returns how it ended; null when there is none. */
export async function endRequest(store: Store, id: string, end: ToolEnd, now: Date): Promise<ToolOutcome | null> {
  const ended = await store.toolRequests.end(id, end, now);
  if (ended === null) return null;
  // The request has ended, whether or not it can be measured.
  if (ended.isFirst) await measure(store, id).catch(() => undefined);
  return ended.outcome;
}

async function measure(store: Store, id: string): Promise<void> {
  const head = await store.toolRequests.findHead(id);
  if (head === null) return;
  measureEnd(Context.current().metricMeter, head, await store.modelCalls.usageUnder(payerOf(id).jobId, `${id}/`));
}
