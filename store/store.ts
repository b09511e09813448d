/** The store: one folder with a database and the files. Every process of a machine may open it at once. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createAlerts, type Alerts } from './platform/alerts.ts';
import { createApprovals, type Approvals } from './computer-use/approvals.ts';
import { createArtifacts, type Artifacts } from './artifacts/artifacts.ts';
import { createFolderContents } from './artifacts/folder-contents.ts';
import { createContentSweep, type ContentSweep } from './artifacts/sweep.ts';
import { createComputerTurns, type ComputerTurns } from './computer-use/computer-turns.ts';
import { createBatchHealth, type BatchHealth } from './batches/batch-health.ts';
import { createBatchItems, type BatchItems } from './batches/batch-items.ts';
import { createBatchPartitions, type BatchPartitions } from './batches/batch-partitions.ts';
import { createProviderBatches, type ProviderBatches } from './batches/provider-batches.ts';
import { createBatchWaits, type BatchWaits } from './batches/batch-waits.ts';
import { createBatchUploads, type BatchUploads } from './batches/batch-uploads.ts';
import { createBatches, type Batches } from './batches/batches.ts';
import { createControls, type Controls } from './computer-use/controls.ts';
import { openDatabase } from './database/database.ts';
import { inTransaction, lockJob } from './database/transactions.ts';
import { createDeliveries, type Deliveries } from './deliveries/deliveries.ts';
import { createDeliveryViews, type DeliveryViews } from './deliveries/delivery-views.ts';
import { createEvents, type Events } from './jobs/events.ts';
import { createJobs, type Jobs } from './jobs/jobs.ts';
import { createJobViews, type JobViews } from './jobs/job-views.ts';
import { createLeadMagnets, type LeadMagnets } from './lead-magnets/lead-magnets.ts';
import { createLedger, type Ledger } from './jobs/ledger.ts';
import { createModelCalls, type ModelCalls } from './jobs/model-calls.ts';
import { createParts, type Parts } from './platform/parts.ts';
import { createProviderEvents, type ProviderEvents } from './platform/provider-events.ts';
import { createRateLimiters, type RateLimiters } from './batches/rate-limiters.ts';
import { createSubmissions, type Submissions } from './jobs/submissions.ts';
import { createSwitches, type Switches } from './platform/switches.ts';
import { createUploadLocks, type UploadLocks } from './batches/upload-locks.ts';

export interface Store {
  readonly leadMagnets: LeadMagnets;
  readonly submissions: Submissions;
  readonly jobs: Jobs;
  readonly jobViews: JobViews;
  readonly deliveries: Deliveries;
  readonly deliveryViews: DeliveryViews;
  readonly events: Events;
  readonly alerts: Alerts;
  readonly approvals: Approvals;
  readonly artifacts: Artifacts;
  readonly contentSweep: ContentSweep;
  readonly ledger: Ledger;
  readonly modelCalls: ModelCalls;
  readonly computerTurns: ComputerTurns;
  readonly controls: Controls;
  readonly batches: Batches;
  readonly batchItems: BatchItems;
  readonly batchHealth: BatchHealth;
  readonly batchPartitions: BatchPartitions;
  readonly providerBatches: ProviderBatches;
  readonly batchUploads: BatchUploads;
  readonly batchWaits: BatchWaits;
  readonly parts: Parts;
  readonly providerEvents: ProviderEvents;
  readonly rateLimiters: RateLimiters;
  readonly switches: Switches;
  readonly uploadLocks: UploadLocks;
  /** Writes what belongs to one moment of a job in one transaction, all or nothing. */
  together<T>(jobId: string, work: (parts: Together) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** What may be written together. */
export interface Together extends Pick<Store, 'deliveries' | 'events' | 'jobs' | 'ledger' | 'modelCalls'> {
  readonly artifacts: Pick<Artifacts, 'name'>;
}

/** A write that others may join in one transaction. */
export type JoinedWrite = (parts: Together) => Promise<unknown>;

/** Where a store is. */
export interface StorePlace {
  /** Holds the files, and the database when `databaseUrl` names none. */
  readonly dataFolder: string;
  /** A PostgreSQL database, as in postgres://user:password@host/name. */
  readonly databaseUrl?: string | undefined;
}

/** Opens the store, making what is not there. */
export async function openStore({ dataFolder, databaseUrl }: StorePlace): Promise<Store> {
  await mkdir(dataFolder, { recursive: true });
  const database = await openDatabase(
    databaseUrl === undefined ? { file: join(dataFolder, 'lodestone.db') } : { url: databaseUrl },
  );
  const contents = createFolderContents(join(dataFolder, 'artifacts'));
  const artifacts = createArtifacts(database, contents);
  return {
    leadMagnets: createLeadMagnets(database),
    submissions: createSubmissions(database),
    jobs: createJobs(database),
    jobViews: createJobViews(database),
    deliveries: createDeliveries(database),
    deliveryViews: createDeliveryViews(database),
    events: createEvents(database),
    alerts: createAlerts(database),
    approvals: createApprovals(database),
    ledger: createLedger(database),
    modelCalls: createModelCalls(database),
    computerTurns: createComputerTurns(database),
    controls: createControls(database),
    artifacts,
    contentSweep: createContentSweep(database, contents),
    batches: createBatches(database),
    batchItems: createBatchItems(database, artifacts),
    batchHealth: createBatchHealth(database, artifacts),
    batchPartitions: createBatchPartitions(database, artifacts),
    providerBatches: createProviderBatches(database),
    batchUploads: createBatchUploads(database),
    batchWaits: createBatchWaits(database),
    parts: createParts(database),
    providerEvents: createProviderEvents(database),
    rateLimiters: createRateLimiters(database),
    switches: createSwitches(database),
    uploadLocks: createUploadLocks(database),
    together: (jobId, work) =>
      inTransaction(database, lockJob(jobId), (transaction) =>
        work({
          artifacts: createArtifacts(transaction, contents),
          deliveries: createDeliveries(transaction),
          events: createEvents(transaction),
          jobs: createJobs(transaction),
          ledger: createLedger(transaction),
          modelCalls: createModelCalls(transaction),
        }),
      ),
    close: () => database.destroy(),
  };
}
