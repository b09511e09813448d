/**
 * The turns of computer-use runs, for watching and reviewing. A turn is written in the transaction of its checkpoint,
 * and grows: look, answer, each action.
 */
import { sql, type Kysely, type Selectable } from 'kysely';
import {
  ComputerRunSchema,
  ComputerTurnSchema,
  type ComputerRun,
  type ComputerTurn,
  type TurnAction,
} from '../../workflows/contract/computer-use/computer-turn.ts';
import type { RecoveryLevel } from '../../workflows/contract/jobs/job.ts';
import { readJobInput } from '../../workflows/contract/jobs/job-input.ts';
import type { Usage } from '../../workflows/contract/usage.ts';
import type { Database, Tables } from '../database/database.ts';

export interface Looked {
  readonly url: string;
  readonly screenshot: { readonly name: string; readonly sha256: string };
  readonly notes: readonly string[];
  readonly spentUsd: number;
}

export interface Answered {
  readonly responseId: string;
  readonly text: string;
  /** Of this turn only. */
  readonly usage: Usage;
  readonly spentUsd: number;
}

/** A change of a turn. A look starts the turn anew, as when an attempt continues from before the answer. */
export interface TurnChange {
  readonly jobId: string;
  readonly stepId: string;
  readonly generation: number;
  readonly iteration: number;
  readonly attempt: number;
  readonly recoveryLevel: RecoveryLevel;
  readonly activeMilliseconds: number;
  readonly looked?: Looked;
  readonly answered?: Answered;
  readonly actions?: readonly TurnAction[];
  /** ISO 8601. */
  readonly at: string;
}

interface TurnFilter {
  readonly jobId: string;
  readonly stepId: string;
  readonly generation: number;
}

export interface ComputerTurns {
  /**
   * Turns that changed after a cursor (0 for all), in the order of their newest change, which is the order of
   * iterations.
   */
  after(filter: TurnFilter, cursor: number, limit: number): Promise<readonly ComputerTurn[]>;
  /** The newest turns, in order. */
  newest(filter: TurnFilter, limit: number): Promise<readonly ComputerTurn[]>;
  /** Null when the job has no such step or it is of another kind. */
  run(jobId: string, stepId: string): Promise<ComputerRun | null>;
}

export function createComputerTurns(database: Database): ComputerTurns {
  const ofStep = ({ jobId, stepId, generation }: TurnFilter) =>
    database
      .selectFrom('computer_turns')
      .selectAll()
      .where('job_id', '=', jobId)
      .where('step_id', '=', stepId)
      .where('generation', '=', generation);
  return {
    async after(filter, cursor, limit) {
      const rows = await ofStep(filter).where('sequence', '>', cursor).orderBy('sequence').limit(limit).execute();
      return rows.map(fromRow);
    },
    async newest(filter, limit) {
      const rows = await ofStep(filter).orderBy('sequence', 'desc').limit(limit).execute();
      return rows.toReversed().map(fromRow);
    },
    async run(jobId, stepId) {
      const job = await database.selectFrom('jobs').select('input').where('id', '=', jobId).executeTakeFirst();
      if (job === undefined) return null;
      const step = readJobInput(job.input).definition.steps.find(({ id }) => id === stepId);
      if (step?.kind !== 'computer_use') return null;
      const { display, budget } = step;
      return ComputerRunSchema.parse({ display, budget: { ...budget, usd: budget.usd ?? null } });
    },
  };
}

/** Writes a change of a turn, in the transaction that saves its checkpoint. */
export async function writeTurn(transaction: Kysely<Tables>, change: TurnChange): Promise<void> {
  const { jobId, stepId, generation, iteration } = change;
  const place = { job_id: jobId, step_id: stepId, generation, iteration };
  const changed = {
    attempt: change.attempt,
    recovery_level: change.recoveryLevel,
    active_milliseconds: Math.round(change.activeMilliseconds),
    ...(change.looked === undefined ? {} : lookedColumns(change.looked, change.at)),
    ...(change.answered === undefined ? {} : answeredColumns(change.answered, change.at)),
    ...(change.actions === undefined ? {} : { actions: JSON.stringify(change.actions) }),
    // Grows over all generations of the step, so that a reader's cursor stays valid when the step is run again.
    sequence: transaction
      .selectFrom('computer_turns')
      .select(sql<number>`coalesce(max(sequence), 0) + 1`.as('next'))
      .where('job_id', '=', jobId)
      .where('step_id', '=', stepId),
  };
  const row = { ...lookedColumns(unseen, change.at), ...changed, ...place };
  await transaction
    .insertInto('computer_turns')
    .values(row)
    .onConflict((conflict) => conflict.columns(['job_id', 'step_id', 'generation', 'iteration']).doUpdateSet(changed))
    .execute();
}

const unseen: Looked = { url: '', screenshot: { name: '', sha256: '' }, notes: [], spentUsd: 0 };

function lookedColumns({ url, screenshot, notes, spentUsd }: Looked, at: string) {
  return {
    looked_at: at,
    url,
    screenshot: screenshot.name,
    screenshot_sha256: screenshot.sha256,
    notes: JSON.stringify(notes),
    answered_at: null,
    text: '',
    response_id: null,
    actions: '[]',
    input_tokens: 0,
    cached_input_tokens: 0,
    output_tokens: 0,
    cost_usd: 0,
    spent_usd: spentUsd,
  };
}

function answeredColumns({ responseId, text, usage, spentUsd }: Answered, at: string) {
  return {
    answered_at: at,
    text,
    response_id: responseId,
    input_tokens: usage.inputTokens,
    cached_input_tokens: usage.cachedInputTokens,
    output_tokens: usage.outputTokens,
    cost_usd: usage.costUsd,
    spent_usd: spentUsd,
  };
}

function fromRow(row: Selectable<Tables['computer_turns']>): ComputerTurn {
  return ComputerTurnSchema.parse({
    iteration: row.iteration,
    sequence: row.sequence,
    generation: row.generation,
    attempt: row.attempt,
    recoveryLevel: row.recovery_level,
    lookedAt: row.looked_at,
    answeredAt: row.answered_at,
    url: row.url,
    screenshot: { name: row.screenshot, sha256: row.screenshot_sha256 },
    notes: JSON.parse(row.notes),
    text: row.text,
    responseId: row.response_id,
    actions: JSON.parse(row.actions),
    inputTokens: row.input_tokens,
    cachedInputTokens: row.cached_input_tokens,
    outputTokens: row.output_tokens,
    costUsd: row.cost_usd,
    spentUsd: row.spent_usd,
    activeMilliseconds: row.active_milliseconds,
  });
}
