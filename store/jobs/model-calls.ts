/** Every paid model call, once by its response's id: a job's cost is the sum of these rows, whatever crashed. */
import type { Kysely } from 'kysely';
import type { Usage } from '../../workflows/contract/usage.ts';
import type { Database, Tables } from '../database/database.ts';

export interface ModelCall {
  readonly responseId: string;
  /** The ledger's key of the call; several responses have the same one when a call was made again. */
  readonly key: string;
  readonly jobId: string;
  readonly stepId: string;
  readonly model: string;
  readonly usage: Usage;
}

export interface ModelCalls {
  record(call: ModelCall): Promise<void>;
  /**
   * The cost of all of a job's calls whose keys begin with this prefix, including those whose answers were not used.
   */
  usageUnder(jobId: string, keyPrefix: string): Promise<Usage>;
}

export function createModelCalls(database: Database): ModelCalls {
  return {
    record: (call) => insertModelCall(database, call),
    async usageUnder(jobId, keyPrefix) {
      const { modelCalls, inputTokens, cachedInputTokens, outputTokens, costUsd } = await database
        .selectFrom('model_calls')
        .select(({ fn }) => [
          fn.countAll<number>().as('modelCalls'),
          fn.sum<number | null>('input_tokens').as('inputTokens'),
          fn.sum<number | null>('cached_input_tokens').as('cachedInputTokens'),
          fn.sum<number | null>('output_tokens').as('outputTokens'),
          fn.sum<number | null>('cost_usd').as('costUsd'),
        ])
        .where('job_id', '=', jobId)
        .where('call_key', '>=', keyPrefix)
        .where('call_key', '<', `${keyPrefix}\u{10FFFF}`)
        .executeTakeFirstOrThrow();
      return {
        modelCalls,
        inputTokens: inputTokens ?? 0,
        cachedInputTokens: cachedInputTokens ?? 0,
        outputTokens: outputTokens ?? 0,
        costUsd: costUsd ?? 0,
      };
    },
  };
}

/** Records a call's cost, optionally as part of a transaction; a response that was recorded before stays as it is. */
export async function insertModelCall(database: Kysely<Tables>, call: ModelCall): Promise<void> {
  const { responseId, key, jobId, stepId, model, usage } = call;
  await database
    .insertInto('model_calls')
    .values({
      response_id: responseId,
      call_key: key,
      job_id: jobId,
      step_id: stepId,
      model,
      input_tokens: usage.inputTokens,
      cached_input_tokens: usage.cachedInputTokens,
      output_tokens: usage.outputTokens,
      cost_usd: usage.costUsd,
      at: new Date().toISOString(),
    })
    .onConflict((conflict) => conflict.column('response_id').doNothing())
    .execute();
}
