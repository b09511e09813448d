/** What the run of an experiment needs besides its line: its limits, what its model calls have cost, and the memory of its rounds. */
import type { ExpressionBuilder } from 'kysely';
import { StoredLimitsSchema } from '../../workflows/contract/experiments/stored.ts';
import type { Tables } from '../database/database.ts';
import type { ExperimentRunRow } from '../runs/experiment-run.ts';
import type { RoundRow } from './rounds.ts';

export function runColumns(columns: ExpressionBuilder<Tables, 'experiments'>) {
  const sumOf = (column: 'cost_usd' | 'input_tokens' | 'output_tokens') =>
    columns
      .selectFrom('model_calls')
      .select(({ fn }) => fn.sum<number | null>(column).as('total'))
      .whereRef('model_calls.job_id', '=', 'experiments.id')
      .as(column);
  return ['limits', sumOf('cost_usd'), sumOf('input_tokens'), sumOf('output_tokens')] as const;
}

export interface RunColumns {
  readonly limits: string;
  readonly cost_usd: number | null;
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
}

export function runPartsOf(
  row: RunColumns,
  rounds: readonly RoundRow[],
): Pick<ExperimentRunRow, 'limits' | 'usage' | 'memoryBytes' | 'rounds'> {
  return {
    limits: StoredLimitsSchema.parse(JSON.parse(row.limits)),
    usage: {
      inputTokens: row.input_tokens ?? 0,
      outputTokens: row.output_tokens ?? 0,
      costUsd: row.cost_usd ?? 0,
    },
    memoryBytes: rounds
      .flatMap(({ encode_peak_bytes, decode_peak_bytes }) => [encode_peak_bytes, decode_peak_bytes])
      .filter((bytes) => bytes !== null),
    rounds: rounds.length,
  };
}
