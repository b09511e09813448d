/**
 * The store: a database, and a folder with the files. Every process of a machine may open it at once. It is opened for a
 * tenant, to whom each query is bound; what works across tenants is an interface of its own.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createAcrossTenants, type AcrossTenants } from './across-tenants.ts';
import { createApprovals, type Approvals } from './computer-use/approvals.ts';
import { createArtifacts, type Artifacts } from './artifacts/artifacts.ts';
import type { Contents } from './artifacts/contents.ts';
import { createFolderContents } from './artifacts/folder-contents.ts';
import { createComputerTurns, type ComputerTurns } from './computer-use/computer-turns.ts';
import { createBatchItems, type BatchItems } from './batches/items/batch-items.ts';
import { createBatchPartitions, type BatchPartitions } from './batches/partitions/batch-partitions.ts';
import { createProviderBatches, type ProviderBatches } from './batches/provider-batches.ts';
import { createBatchWaits, type BatchWaits } from './batches/partitions/batch-waits.ts';
import { createBatchUploads, type BatchUploads } from './batches/uploads/batch-uploads.ts';
import { createBatches, type Batches } from './batches/batches.ts';
import { createControls, type Controls } from './computer-use/controls.ts';
import { openDatabase, type Database } from './database/database.ts';
import { bindToTenant } from './database/tenant-binding.ts';
import { inTransaction, lockJob } from './database/transactions.ts';
import { createDeliveries, type Deliveries } from './deliveries/deliveries.ts';
import { createDeliveryViews, type DeliveryViews } from './deliveries/delivery-views.ts';
import { createExperiments, type Experiments } from './experiments/experiments.ts';
import { createExperimentViews, type ExperimentViews } from './experiments/experiment-views.ts';
import { createVideoUploads, type VideoUploads } from './experiments/video-uploads.ts';
import { createEvents, type Events } from './jobs/events.ts';
import { createJobs, type Jobs } from './jobs/jobs.ts';
import { createJobViews, type JobViews } from './jobs/job-views.ts';
import { createLeadMagnets, type LeadMagnets } from './lead-magnets/lead-magnets.ts';
import { createLateAnswers, type LateAnswers } from './batches/items/late-answers.ts';
import { createKeptAnswers, type KeptAnswers } from './jobs/kept-answers.ts';
import { createLedger, type Ledger } from './jobs/ledger.ts';
import { createPinnedLimits, type PinnedLimitsOfJobs } from './limits/pinned-limits.ts';
import { createModelCalls, type ModelCalls } from './jobs/model-calls.ts';
import { createRateLimiters, type RateLimiters } from './batches/rate-limiters/rate-limiters.ts';
import { createRuns, type Runs } from './runs/runs.ts';
import { createSubmissions, type Submissions } from './jobs/submissions.ts';
import { createSwitches, type Switches } from './platform/switches.ts';
import { createUploadLocks, type UploadLocks } from './batches/uploads/upload-locks.ts';
import { createToolFiles, type ToolFiles } from './tools/tool-files.ts';
import { createToolLists, type ToolLists } from './tools/tool-lists.ts';
import { createToolRequests, type ToolRequests } from './tools/tool-requests.ts';
import { createToolViews, type ToolViews } from './tools/tool-views.ts';
import { createWorkClaims, type WorkClaims } from './tools/work-claims.ts';

/** What one tenant has. */
export interface Store {
  readonly tenant: string;
  readonly leadMagnets: LeadMagnets;
  readonly submissions: Submissions;
  readonly jobs: Jobs;
  readonly jobViews: JobViews;
  readonly deliveries: Deliveries;
  readonly deliveryViews: DeliveryViews;
  readonly events: Events;
  readonly experiments: Experiments;
  readonly experimentViews: ExperimentViews;
  readonly videoUploads: VideoUploads;
  readonly approvals: Approvals;
  readonly artifacts: Artifacts;
  readonly keptAnswers: KeptAnswers;
  readonly ledger: Ledger;
  readonly modelCalls: ModelCalls;
  readonly pinnedLimits: PinnedLimitsOfJobs;
  readonly computerTurns: ComputerTurns;
  readonly controls: Controls;
  readonly batches: Batches;
  readonly batchItems: BatchItems;
  readonly lateAnswers: LateAnswers;
  readonly batchPartitions: BatchPartitions;
  readonly providerBatches: ProviderBatches;
  readonly batchUploads: BatchUploads;
  readonly batchWaits: BatchWaits;
  readonly rateLimiters: RateLimiters;
  readonly runs: Runs;
  readonly switches: Switches;
  readonly toolFiles: ToolFiles;
  readonly toolLists: ToolLists;
  readonly toolRequests: ToolRequests;
  readonly toolViews: ToolViews;
  readonly uploadLocks: UploadLocks;
  readonly workClaims: WorkClaims;
  /** Writes what belongs to one moment of a job in one transaction, all or nothing. */
  together<T>(jobId: string, work: (parts: Together) => Promise<T>): Promise<T>;
}

/** An open store. */
export interface Stores {
  forTenant(tenant: string): Store;
  readonly acrossTenants: AcrossTenants;
  close(): Promise<void>;
}

/** What may be written together. */
export interface Together extends Pick<
  Store,
  'deliveries' | 'events' | 'jobs' | 'keptAnswers' | 'ledger' | 'modelCalls' | 'submissions'
> {
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
export async function openStores({ dataFolder, databaseUrl }: StorePlace): Promise<Stores> {
  await mkdir(dataFolder, { recursive: true });
  const database = await openDatabase(
    databaseUrl === undefined ? { file: join(dataFolder, 'lodestone.db') } : { url: databaseUrl },
  );
  const contents = createFolderContents(join(dataFolder, 'artifacts'));
  const acrossTenants = createAcrossTenants(database, contents);
  const opened = new Map<string, Store>();
  return {
    forTenant(tenant) {
      const store =
        opened.get(tenant) ?? storeOf(tenant, database.withPlugin(bindToTenant(tenant)), contents, acrossTenants);
      opened.set(tenant, store);
      return store;
    },
    acrossTenants,
    close: () => database.destroy(),
  };
}

/** `database` is bound to the tenant. */
function storeOf(
  tenant: string,
  database: Database,
  contents: Contents,
  { experimentHealth }: Pick<AcrossTenants, 'experimentHealth'>,
): Store {
  const artifacts = createArtifacts(database, contents);
  const modelCalls = createModelCalls(database);
  const toolRequests = createToolRequests(database);
  return {
    tenant,
    leadMagnets: createLeadMagnets(database),
    submissions: createSubmissions(database),
    jobs: createJobs(database),
    jobViews: createJobViews(database),
    deliveries: createDeliveries(database),
    deliveryViews: createDeliveryViews(database),
    events: createEvents(database),
    experiments: createExperiments(database),
    experimentViews: createExperimentViews(database, modelCalls, experimentHealth),
    videoUploads: createVideoUploads(database),
    approvals: createApprovals(database),
    keptAnswers: createKeptAnswers(database),
    ledger: createLedger(database),
    modelCalls,
    pinnedLimits: createPinnedLimits(database),
    computerTurns: createComputerTurns(database),
    controls: createControls(database),
    artifacts,
    batches: createBatches(database),
    batchItems: createBatchItems(database, artifacts),
    lateAnswers: createLateAnswers(database, artifacts),
    batchPartitions: createBatchPartitions(database, artifacts),
    providerBatches: createProviderBatches(database),
    batchUploads: createBatchUploads(database),
    batchWaits: createBatchWaits(database),
    rateLimiters: createRateLimiters(database),
    runs: createRuns(database),
    switches: createSwitches(database),
    toolFiles: createToolFiles(database),
    toolLists: createToolLists(database),
    toolRequests,
    toolViews: createToolViews(toolRequests, modelCalls),
    uploadLocks: createUploadLocks(database),
    workClaims: createWorkClaims(database),
    together: (jobId, work) =>
      inTransaction(database, lockJob(jobId), (transaction) =>
        work({
          artifacts: createArtifacts(transaction, contents),
          deliveries: createDeliveries(transaction),
          events: createEvents(transaction),
          jobs: createJobs(transaction),
          keptAnswers: createKeptAnswers(transaction),
          ledger: createLedger(transaction),
          modelCalls: createModelCalls(transaction),
          submissions: createSubmissions(transaction),
        }),
      ),
  };
}
