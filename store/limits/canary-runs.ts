/**
 * The runs of the jobs that try a version of limits, and of those that have the version in force: what the guard judges.
 * Of all tenants.
 */
import type { EndedRun, RunUnderWay } from '../../workflows/contract/limits/canary/runs.ts';
import type { StepKind } from '../../workflows/contract/limits/limits.ts';
import type { Database } from '../database/database.ts';

export interface ArmOfTrial {
  readonly version: number;
  /** The kinds of step whose limits the trial changes. */
  readonly kinds: readonly StepKind[];
  /** When the first of its jobs was submitted at the earliest, ISO 8601. */
  readonly began: string;
  /** When the last was at the latest; null for all. */
  readonly until: string | null;
}

/** When the last of so many jobs was submitted; null where there are fewer. */
export async function submissionOfLast(
  database: Database,
  { version, began }: Pick<ArmOfTrial, 'version' | 'began'>,
  count: number,
): Promise<string | null> {
  const row = await database
    .selectFrom('jobs')
    .select('submitted_at')
    .where('limits_version', '=', version)
    .where('submitted_at', '>=', began)
    .orderBy('submitted_at')
    .limit(1)
    .offset(count - 1)
    .executeTakeFirst();
  return row?.submitted_at ?? null;
}

/** Waiting for a worker or a person is left out: no limit changes it. */
export async function endedRunsOf(database: Database, arm: ArmOfTrial): Promise<readonly EndedRun[]> {
  let query = database
    .selectFrom('jobs')
    .innerJoin('runs', (join) => join.onRef('runs.tenant', '=', 'jobs.tenant').onRef('runs.owner_id', '=', 'jobs.id'))
    .leftJoin('steps', (join) =>
      join.onRef('steps.job_id', '=', 'runs.owner_id').onRef('steps.step_id', '=', 'runs.part_id'),
    )
    .select(['owner_id', 'queued_ms', 'ended_ms', 'queue_ms', 'person_ms', 'duration_ms', 'runs.outcome'])
    .select(['cost_microusd', 'steps.started_at'])
    .where('jobs.limits_version', '=', arm.version)
    .where('jobs.submitted_at', '>=', arm.began)
    .where('runs.kind', '=', 'step')
    .where('runs.work', 'in', arm.kinds)
    .where('runs.limits_version', '=', arm.version)
    .where('runs.outcome', '!=', 'cancelled');
  if (arm.until !== null) query = query.where('jobs.submitted_at', '<=', arm.until);
  return (await query.execute()).map((run) => ({
    jobId: run.owner_id,
    startedAtMs: startOf(run),
    durationMs: Math.max(0, run.duration_ms - run.queue_ms - run.person_ms),
    // A part of what was asked, where the rest was cut off, is what limits that are too tight do.
    isError: run.outcome !== 'succeeded',
    costMicroUsd: run.cost_microusd,
  }));
}

/** As it was while the run was under way: a job keeps its place. A step that is run anew has a later start than its earlier run. */
function startOf(run: { readonly started_at: string | null; readonly queued_ms: number; readonly ended_ms: number }) {
  const startedAtMs = run.started_at === null ? NaN : Date.parse(run.started_at);
  return startedAtMs <= run.ended_ms ? startedAtMs : run.queued_ms;
}

/** Also the steps that wait for a person, and those that have not started yet. */
export async function runsUnderWayOf(database: Database, arm: ArmOfTrial): Promise<readonly RunUnderWay[]> {
  let query = database
    .selectFrom('jobs')
    .innerJoin('steps', 'jobs.id', 'steps.job_id')
    .select(['steps.job_id', 'steps.started_at', 'steps.state'])
    .where('jobs.limits_version', '=', arm.version)
    .where('jobs.submitted_at', '>=', arm.began)
    .where('jobs.state', '!=', 'ended')
    .where('steps.state', 'in', ['waiting', 'running', 'awaiting_approval'])
    .where('steps.kind', 'in', arm.kinds);
  if (arm.until !== null) query = query.where('jobs.submitted_at', '<=', arm.until);
  return (await query.execute()).map(({ job_id: jobId, started_at: startedAt, state }) => ({
    jobId,
    startedAtMs: startedAt === null || state === 'waiting' ? null : Date.parse(startedAt),
  }));
}
