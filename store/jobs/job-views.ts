/** Reads the projection for people and programs. The view's schema validates the rows. */
import type { ExpressionBuilder } from 'kysely';
import { z } from 'zod';
import { JobLineSchema, JobViewSchema, type JobLine, type JobView } from '../../workflows/contract/jobs/job-view.ts';
import { addUsage, noUsage, type Usage } from '../../workflows/contract/usage.ts';
import { approvalView } from '../computer-use/approvals.ts';
import type { Database, Tables } from '../database/database.ts';
import { deliveriesOf } from '../deliveries/delivery-views.ts';

export interface JobFilter {
  readonly slug?: string | undefined;
  readonly state?: string | undefined;
  /** Jobs submitted before this time (ISO 8601): the cursor of the next page. */
  readonly before?: string | undefined;
  readonly limit: number;
}

export interface JobViews {
  find(jobId: string): Promise<JobView | null>;
  list(filter: JobFilter): Promise<readonly JobLine[]>;
  /** Grows with every change of the job; null when there is no such job. */
  version(jobId: string): Promise<number | null>;
}

export function createJobViews(database: Database): JobViews {
  return {
    async find(jobId) {
      const job = await database
        .selectFrom('jobs')
        .selectAll()
        .select((jobs) => lastEvent(jobs).as('last_event'))
        .where('id', '=', jobId)
        .executeTakeFirst();
      if (job === undefined) return null;
      const [steps, deliveries, artifacts, approvals, usage] = await Promise.all([
        database.selectFrom('steps').selectAll().where('job_id', '=', jobId).orderBy('position').execute(),
        deliveriesOf(database, jobId),
        database.selectFrom('artifacts').selectAll().where('job_id', '=', jobId).orderBy('created_at').execute(),
        database.selectFrom('approvals').selectAll().where('job_id', '=', jobId).orderBy('asked_at').execute(),
        usageByStep(database, jobId),
      ]);
      return JobViewSchema.parse({
        id: job.id,
        tenant: job.tenant,
        leadMagnet: { slug: job.slug, name: job.name, version: job.lead_magnet_version },
        state: job.state,
        outcome: job.outcome,
        reason: parseNullable(job.reason),
        note: jobNote(job, approvals),
        submittedAt: job.submitted_at,
        startedAt: job.started_at,
        endedAt: job.ended_at,
        durationMilliseconds: duration(job.started_at, job.ended_at),
        limitsVersion: job.limits_version,
        usage: [...usage.values()].reduce(addUsage, noUsage),
        steps: steps.map((step) => ({
          id: step.step_id,
          title: step.title,
          kind: step.kind,
          needs: JSON.parse(step.needs),
          generation: step.generation,
          state: step.state,
          reason: parseNullable(step.reason),
          attempts: step.attempts,
          iterations: step.iterations,
          recoveryLevel: step.recovery_level,
          startedAt: step.started_at,
          endedAt: step.ended_at,
          durationMilliseconds: duration(step.started_at, step.ended_at),
          usage: usage.get(step.step_id) ?? noUsage,
          screenshot: step.screenshot,
          note: step.note ?? readyNote(job.state, step, steps),
        })),
        approvals: approvals.map(approvalView),
        deliveries,
        artifacts: artifacts.map((artifact) => ({
          name: artifact.name,
          step: artifact.step_id,
          mediaType: artifact.media_type,
          bytes: artifact.bytes,
          sha256: artifact.sha256,
          deliverable: artifact.deliverable === 1,
          createdAt: artifact.created_at,
          removedAfterDays: artifact.removed_after_days,
        })),
        version: versionOf(job),
      });
    },
    async list({ slug, state, before, limit }) {
      let query = database.selectFrom('jobs').selectAll();
      if (slug !== undefined) query = query.where('slug', '=', slug);
      if (state !== undefined) query = query.where('state', '=', state);
      if (before !== undefined) query = query.where('submitted_at', '<', before);
      const rows = await query.orderBy('submitted_at', 'desc').limit(limit).execute();
      const costs = await costByJob(
        database,
        rows.map((row) => row.id),
      );
      return rows.map((row) =>
        JobLineSchema.parse({
          id: row.id,
          tenant: row.tenant,
          leadMagnet: { slug: row.slug, name: row.name, version: row.lead_magnet_version },
          state: row.state,
          outcome: row.outcome,
          submittedAt: row.submitted_at,
          endedAt: row.ended_at,
          costUsd: costs.get(row.id) ?? 0,
        }),
      );
    },
    async version(jobId) {
      const row = await database
        .selectFrom('jobs')
        .select((jobs) => ['version', lastEvent(jobs).as('last_event')])
        .where('id', '=', jobId)
        .executeTakeFirst();
      return row === undefined ? null : versionOf(row);
    },
  };
}

/** Every change either records an event or counts in the job's row: the sum of both grows with every change. */
function versionOf(job: { readonly version: number; readonly last_event: number | null }): number {
  return job.version + (job.last_event ?? 0);
}

function lastEvent(jobs: ExpressionBuilder<Tables, 'jobs'>) {
  return jobs
    .selectFrom('events')
    .select(({ fn }) => fn.max<number | null>('sequence').as('sequence'))
    .whereRef('events.job_id', '=', 'jobs.id');
}

/** What a job waits for, in one line. */
function jobNote(
  job: { readonly state: string; readonly handed_over: number },
  approvals: readonly { readonly state: string; readonly question: string }[],
): string | null {
  const asked = approvals.find(({ state }) => state === 'open');
  if (asked !== undefined) return `waits for a person: ${asked.question}`;
  return job.state === 'accepted' ? acceptedNote(job.handed_over === 1) : null;
}

/** Why an accepted job has not started, as far as the store knows, and what a person can do about it. */
function acceptedNote(handedOver: boolean): string {
  return handedOver
    ? 'accepted, and with Temporal; it begins when a worker of the queue jobs takes it. If it stays so, see that one runs: npm run worker -- --queues jobs'
    : 'accepted and kept; Temporal does not have it yet. The API hands it over by itself, trying every few seconds for as long as Temporal cannot be reached';
}

/**
 * A step whose dependencies have ended but which no worker has taken: with all workers busy or none alive, it waits.
 */
function readyNote(
  jobState: string,
  step: { readonly state: string; readonly needs: string; readonly kind: string },
  steps: readonly { readonly step_id: string; readonly state: string }[],
): string | null {
  if (jobState !== 'running' || step.state !== 'waiting') return null;
  const needs = NeedsSchema.parse(JSON.parse(step.needs));
  const met = needs.every((need) => steps.some((other) => other.step_id === need && other.state === 'succeeded'));
  return met ? `ready; it waits for a worker that runs ${step.kind}` : null;
}

const NeedsSchema = z.array(z.string());

async function usageByStep(database: Database, jobId: string): Promise<ReadonlyMap<string, Usage>> {
  const rows = await database
    .selectFrom('model_calls')
    .select(({ fn }) => [
      'step_id',
      fn.countAll<number>().as('modelCalls'),
      fn.sum<number>('input_tokens').as('inputTokens'),
      fn.sum<number>('cached_input_tokens').as('cachedInputTokens'),
      fn.sum<number>('output_tokens').as('outputTokens'),
      fn.sum<number>('cost_usd').as('costUsd'),
    ])
    .where('job_id', '=', jobId)
    .groupBy('step_id')
    .execute();
  return new Map(rows.map(({ step_id: stepId, ...usage }) => [stepId, usage]));
}

async function costByJob(database: Database, jobIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
  if (jobIds.length === 0) return new Map();
  const rows = await database
    .selectFrom('model_calls')
    .select(({ fn }) => ['job_id', fn.sum<number>('cost_usd').as('cost')])
    .where('job_id', 'in', jobIds)
    .groupBy('job_id')
    .execute();
  return new Map(rows.map((row) => [row.job_id, row.cost]));
}

function parseNullable(text: string | null): unknown {
  return text === null ? null : JSON.parse(text);
}

function duration(from: string | null, to: string | null): number | null {
  return from === null || to === null ? null : Math.max(0, Date.parse(to) - Date.parse(from));
}
