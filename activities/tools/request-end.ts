/** The end of a tool request, recorded once and measured with it. */
import { Context } from '@temporalio/activity';
import type { Store } from '../../store/store.ts';
import type { ToolEnd } from '../../store/tools/tool-requests.ts';
import { payerOf } from '../../workflows/contract/names.ts';
import type { ToolOutcome } from '../../workflows/contract/tools/tool-request.ts';
import { runMeter } from '../runs/run-meter.ts';
import { noMeasures } from '../../workflows/contract/runs/run.ts';
import { measureEnd } from './metrics.ts';

/** Ends a request, unless it has ended. Returns how it ended; null when there is none. */
export async function endRequest(store: Store, id: string, end: ToolEnd, now: Date): Promise<ToolOutcome | null> {
  const { info, metricMeter } = Context.current();
  const usage = await store.modelCalls.usageUnder(payerOf(id).jobId, `${id}/`);
  const meter = runMeter();
  const ended = await store.toolRequests.end(id, end, now, {
    measures: meter?.measures() ?? noMeasures,
    // A request that its workflow ends was measured by nobody.
    times: meter?.times() ?? null,
    attempts: meter === undefined ? 0 : info.attempt,
    usage,
  });
  if (ended === null) return null;
  if (ended.head !== null) measureEnd(metricMeter, ended.head, usage);
  return ended.outcome;
}
