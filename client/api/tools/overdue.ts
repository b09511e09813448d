/** Ends requests of tools whose limit is over although no worker has ended them: without a worker, nobody else could say so. */
import type { ToolRequestHead } from '../../../store/tools/tool-request-row.ts';
import type { Stores } from '../../../store/store.ts';
import { unmeasuredRequest } from '../../../store/runs/tool-run.ts';
import type { ToolCut } from '../../../workflows/contract/tools/tool-request.ts';
import { payerOf } from '../../../workflows/contract/names.ts';
import { inTenths } from '../../../workflows/contract/tools/tenths.ts';
import type { ApiDependencies } from '../dependencies.ts';

/** Kept to answer in, before the request's limit. */
const answerMilliseconds = 500;
const mostAtOnce = 500;

type Head = Pick<ToolRequestHead, 'id' | 'state' | 'acceptedAt' | 'startedAt' | 'limits'>;

export function isOverdue({ id, state, acceptedAt, limits: { requestSeconds } }: Head, now: Date): boolean {
  // A request of a job's step is ended by its job, whatever dies.
  if (state === 'ended' || requestSeconds === null || payerOf(id).stepId !== null) return false;
  return now.getTime() - Date.parse(acceptedAt) >= requestSeconds * 1000 - answerMilliseconds;
}

/** Why an overdue request ends. */
export function overdueCut({ acceptedAt, startedAt, limits }: Head, now: Date): ToolCut {
  const seconds = (now.getTime() - Date.parse(acceptedAt)) / 1000;
  const layer = startedAt === null ? 'queue' : 'request';
  return {
    layer,
    type: layer === 'queue' ? 'timeout_schedule_to_start' : 'time_limit',
    seconds: inTenths(seconds),
    message:
      layer === 'queue'
        ? `no worker took the request within its limit of ${limits.requestSeconds} s`
        : `the request was cut off at its limit of ${limits.requestSeconds} s: its worker does not answer`,
    advice: 'call again when workers are there; the operator sees them on /platform',
  };
}

/** Ends an overdue request with what there is. */
export async function endOverdue({ store, tools, now, log }: ApiDependencies, head: Head): Promise<void> {
  const { id } = head;
  const row = await store.toolRequests.find(id);
  const outcome = row?.answer === null ? 'timed_out' : 'partial';
  const usage = await store.modelCalls.usageUnder(payerOf(id).jobId, `${id}/`);
  await store.toolRequests.end(id, { outcome, cut: overdueCut(head, now()) }, now(), { ...unmeasuredRequest, usage });
  // The answer does not wait for Temporal.
  tools.cancel(id).catch((error: unknown) => log.warn({ error, id }, 'an overdue tool request was not cancelled'));
}

/** Ends the requests of all tenants that nobody waits for and no worker has begun: their start may have failed. */
export async function endUnstarted(stores: Stores, now: Date): Promise<void> {
  for (const { tenant, head } of await stores.acrossTenants.tools.waiting(mostAtOnce)) {
    if (!isOverdue(head, now)) continue;
    const end = { outcome: 'timed_out', cut: overdueCut(head, now) } as const;
    await stores.forTenant(tenant).toolRequests.end(head.id, end, now);
  }
}
