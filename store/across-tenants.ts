/**
 * What works across tenants: the outbox, the reconciliation, sweeps and events that name no tenant. It reads whose the
 * work is; whoever then changes something opens the store for that tenant.
 */
import { sql } from 'kysely';
import { readJobInput } from '../workflows/contract/jobs/job-input.ts';
import type { LeadMagnetJobInput, RedeliveryInput } from '../workflows/contract/jobs/job.ts';
import type { BatchState } from '../workflows/contract/batches/batch.ts';
import type { Contents } from './artifacts/contents.ts';
import { createAudits, type Audits } from './audits/audits.ts';
import { createContentSweep, type ContentSweep } from './artifacts/sweep.ts';
import { createBatchHealth, type BatchHealth } from './batches/batch-health.ts';
import { blockedModels, type BlockedModel } from './batches/rate-limiters/rate-limiters.ts';
import type { Database } from './database/database.ts';
import { isPostgres } from './database/kind.ts';
import { createExperimentHealth, type ExperimentHealth } from './experiments/experiment-health.ts';
import { createLimits, type Limits } from './limits/limits.ts';
import { createAlerts, type Alerts } from './platform/alerts.ts';
import { createParts, type Parts } from './platform/parts.ts';
import { createProviderEvents, type ProviderEvents } from './platform/provider-events.ts';
import { createSharedKeys, type SharedKeys } from './platform/shared-keys.ts';
import { createWorkerBeats, type WorkerBeats } from './platform/worker-beats.ts';
import { createSwitches, type Switches } from './platform/switches.ts';
import { createRunReports, type RunReports } from './runs/run-reports.ts';
import { createRunUpkeep, type RunUpkeep } from './runs/run-rollups.ts';
import { createToolsAcrossTenants, type ToolsAcrossTenants } from './tools/tools-across-tenants.ts';

/** Something of a tenant, by its id. */
export interface Owned {
  readonly tenant: string;
  readonly id: string;
}

export const databaseKinds = ['SQLite', 'PostgreSQL'] as const;

export interface AcrossTenants {
  /** What the store is in, for people. */
  readonly databaseKind: (typeof databaseKinds)[number];
  readonly alerts: Alerts;
  readonly audits: Audits;
  readonly batchHealth: BatchHealth;
  readonly contentSweep: ContentSweep;
  readonly experimentHealth: ExperimentHealth;
  readonly limits: Limits;
  readonly parts: Parts;
  readonly providerEvents: ProviderEvents;
  readonly runReports: RunReports;
  readonly runUpkeep: RunUpkeep;
  readonly sharedKeys: SharedKeys;
  readonly switches: Switches;
  readonly tools: ToolsAcrossTenants;
  readonly workerBeats: WorkerBeats;
  /** Accepted jobs that Temporal has not got, oldest first: what the API starts again after an outage. */
  jobsNotHandedOver(
    acceptedBefore: Date,
    limit: number,
  ): Promise<readonly { readonly jobId: string; readonly input: LeadMagnetJobInput }[]>;
  /** Redeliveries that Temporal has not got. */
  redeliveriesNotHandedOver(limit: number): Promise<readonly (RedeliveryInput & { readonly tenant: string })[]>;
  /** Accepted experiments that Temporal has not got, oldest first. */
  experimentsNotHandedOver(acceptedBefore: Date, limit: number): Promise<readonly Owned[]>;
  /** Experiments that Temporal has got and that have not ended, accepted before then, in the order of their ids. */
  experimentsHandedOver(page: {
    readonly before: Date;
    /** An id, or empty for the first. */
    readonly after: string;
    readonly limit: number;
  }): Promise<readonly Owned[]>;
  /** Models that are not called now, since their provider asked to wait or failed too often. */
  blockedModels(now: Date): Promise<readonly BlockedModel[]>;
  /** Batches in one of these states, oldest first. */
  batchesIn(states: readonly BatchState[]): Promise<readonly Owned[]>;
  /** Batches whose cancellation, reopening or removal is not complete: it goes on, or its process has died. */
  unfinishedBatches(): Promise<readonly Owned[]>;
  /** The batch that waits for a running provider batch; null for one that is not ours, or has ended. */
  batchOf(providerBatchId: string): Promise<Owned | null>;
  /** Whose a job is; null for one that is not known. */
  tenantOfJob(jobId: string): Promise<string | null>;
  /** Whose a batch is; null for one that is not known. */
  tenantOfBatch(batchId: string): Promise<string | null>;
}

/** `database` is bound to no tenant. */
export function createAcrossTenants(database: Database, contents: Contents): AcrossTenants {
  return {
    databaseKind: isPostgres(database) ? 'PostgreSQL' : 'SQLite',
    alerts: createAlerts(database),
    blockedModels: (now) => blockedModels(database, now.getTime()),
    audits: createAudits(database),
    batchHealth: createBatchHealth(database),
    contentSweep: createContentSweep(database, contents),
    experimentHealth: createExperimentHealth(database),
    limits: createLimits(database),
    parts: createParts(database),
    providerEvents: createProviderEvents(database),
    runReports: createRunReports(database),
    runUpkeep: createRunUpkeep(database),
    sharedKeys: createSharedKeys(database),
    switches: createSwitches(database),
    tools: createToolsAcrossTenants(database),
    workerBeats: createWorkerBeats(database),
    async jobsNotHandedOver(acceptedBefore, limit) {
      const rows = await database
        .selectFrom('jobs')
        .select(['id', 'input'])
        .where('state', '=', 'accepted')
        .where('handed_over', '=', 0)
        .where('submitted_at', '<', acceptedBefore.toISOString())
        .orderBy('submitted_at')
        .limit(limit)
        .execute();
      return rows.map((row) => ({ jobId: row.id, input: readJobInput(row.input) }));
    },
    async redeliveriesNotHandedOver(limit) {
      const rows = await database
        .selectFrom('deliveries')
        .select(['tenant', 'job_id', 'delivery_id', 'number'])
        .where('state', '=', 'waiting')
        .where('handed_over', '=', 0)
        .limit(limit)
        .execute();
      return rows.map(({ tenant, job_id: jobId, delivery_id: deliveryId, number }) => ({
        tenant,
        jobId,
        deliveryId,
        number,
      }));
    },
    experimentsNotHandedOver: (acceptedBefore, limit) =>
      database
        .selectFrom('experiments')
        .select(['tenant', 'id'])
        .where('state', '=', 'created')
        // Not a parameter: SQLite would not use the index of those that are left.
        .where('handed_over', '=', sql.lit(0))
        .where('accepted_at', '<', acceptedBefore.toISOString())
        .orderBy('accepted_at')
        .limit(limit)
        .execute(),
    experimentsHandedOver: ({ before, after, limit }) =>
      database
        .selectFrom('experiments')
        .select(['tenant', 'id'])
        .where('ended_at', 'is', null)
        .where('id', '>', after)
        .where('handed_over', '=', 1)
        .where('accepted_at', '<', before.toISOString())
        .orderBy('id')
        .limit(limit)
        .execute(),
    batchesIn: (states) =>
      database
        .selectFrom('batches')
        .select(['tenant', 'id'])
        .where('state', 'in', states)
        .orderBy('created_at')
        .execute(),
    unfinishedBatches: () =>
      database.selectFrom('batches').select(['tenant', 'id']).where('whole_change', 'is not', null).execute(),
    async batchOf(providerBatchId) {
      const row = await database
        .selectFrom('provider_batches')
        .select(['tenant', 'batch_id as id'])
        .where('provider_id', '=', providerBatchId)
        .where('state', '=', 'running')
        .executeTakeFirst();
      return row ?? null;
    },
    async tenantOfJob(jobId) {
      const row = await database.selectFrom('jobs').select('tenant').where('id', '=', jobId).executeTakeFirst();
      return row?.tenant ?? null;
    },
    async tenantOfBatch(batchId) {
      const row = await database.selectFrom('batches').select('tenant').where('id', '=', batchId).executeTakeFirst();
      return row?.tenant ?? null;
    },
  };
}
