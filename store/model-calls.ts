/** Every paid model call, once by its response's id: what a job cost is the sum of these rows, whatever crashed. */
import type { Usage } from '../workflows/contract/usage.ts';
import type { Database } from './database.ts';

export interface ModelCall {
  readonly responseId: string;
  readonly jobId: string;
  readonly stepId: string;
  readonly model: string;
  readonly usage: Usage;
}

export interface ModelCalls {
  record(call: ModelCall): Promise<void>;
}

export function createModelCalls(database: Database): ModelCalls {
  return {
    async record({ responseId, jobId, stepId, model, usage }) {
      await database
        .insertInto('model_calls')
        .values({
          response_id: responseId,
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
    },
  };
}
