/** Cancels a request of a tool. Its workflow stops the call at the provider, and ends the request with what there is. */
import type { ApiDependencies } from '../dependencies.ts';
import { ProblemError } from '../http/problem.ts';
import { TemporalUnreachable } from '../temporal-calls.ts';

/** A request that has ended stays as it is. Throws `ProblemError`. */
export async function cancelToolRequest({ store, tools }: ApiDependencies, id: string): Promise<void> {
  const row = await store.toolRequests.findHead(id);
  if (row === null) throw new ProblemError('not-found', `there is no tool request ${id}`);
  if (row.state === 'ended') return;
  try {
    await tools.cancel(id);
  } catch (error) {
    if (!(error instanceof TemporalUnreachable)) throw error;
    const detail = `${error.message}. The request goes on until its limit.`;
    throw new ProblemError('temporal-unreachable', detail, { retryAfterSeconds: 15 });
  }
}
