/**
 * The runs of the jobs that try a version of limits, and of those that have the version in force: what the guard judges.
 * Of all tenants.
 */
import type { ArmRuns } from '../../workflows/contract/limits/canary/runs.ts';
import type { StepKind } from '../../workflows/contract/limits/limits.ts';
import type { Database } from '../database/database.ts';

export interface ArmOfTrial {
  readonly version: number;
  /** The kinds of step whose limits the trial changes. */
  readonly kinds: readonly StepKind[];
  readonly began: Date;
  /** The most runs that are read, those that started first. */
  readonly limit: number;
}

/** Waiting for a worker or a person is left out: no limit changes it. */
export async function runsOfArm(database: Database, { version, kinds, began, limit }: ArmOfTrial): Promise<ArmRuns> {
  if (kinds.length === 0) return { ended: [], underWay: [] };
  const ended = await database
    .selectFrom('runs')
    .innerJoin('jobs', 'jobs.id', 'runs.owner_id')
    .select(['owner_id', 'queued_ms', 'queue_ms', 'person_ms', 'duration_ms', 'runs.outcome', 'cost_microusd'])
    .where('runs.kind', '=', 'step')
    .where('runs.work', 'in', kinds)
    .where('runs.ended_ms', '>=', began.getTime())
    .where('runs.limits_version', '=', version)
    .where('runs.outcome', '!=', 'cancelled')
    .where('jobs.submitted_at', '>=', began.toISOString())
    .orderBy('queued_ms')
    .limit(limit)
    .execute();
  const underWay = await database
    .selectFrom('steps')
    .innerJoin('jobs', 'jobs.id', 'steps.job_id')
    .select(['steps.job_id', 'steps.started_at'])
    .where('jobs.submitted_at', '>=', began.toISOString())
    .where('jobs.state', '!=', 'ended')
    .where('jobs.limits_version', '=', version)
    .where('steps.state', '=', 'running')
    .where('steps.kind', 'in', kinds)
    .where('steps.started_at', 'is not', null)
    .limit(limit)
    .execute();
  return {
    ended: ended.map((run) => ({
      jobId: run.owner_id,
      startedAtMs: run.queued_ms + run.queue_ms,
      durationMs: Math.max(0, run.duration_ms - run.queue_ms - run.person_ms),
      // A part of what was asked, where the rest was cut off, is what limits that are too tight do.
      isError: run.outcome !== 'succeeded',
      costMicroUsd: run.cost_microusd,
    })),
    underWay: underWay.map(({ job_id: jobId, started_at: startedAt }) => ({
      jobId,
      startedAtMs: Date.parse(startedAt ?? ''),
    })),
  };
}
