/**
 * What passes between clients, the job's workflow and its activities. Types alone: the sandbox carries no schemas, and
 * what comes from outside was parsed before it got here. One object in, one object out, so that a field can be added.
 */
import type { ApprovalDecision, ApprovalRequest } from '../computer-use/approvals.ts';
import type { BatchLimits } from '../batches/limits.ts';
import type { Reason } from '../failures.ts';
import type { FormValues } from '../lead-magnets/form.ts';
import type { JsonValue } from '../json/json.ts';
import type { Delivery, LeadMagnet, Step } from '../lead-magnets/lead-magnet.ts';
import type { DeliveryState, JobOutcome, StepState } from './states.ts';
import type { Usage } from '../usage.ts';

/** The workflow's input: a pinned snapshot, which no later edit of the lead magnet reaches. */
export interface LeadMagnetJobInput {
  readonly tenant: string;
  readonly version: number;
  readonly definition: LeadMagnet;
  readonly form: FormValues;
  /** ISO 8601, UTC. */
  readonly submittedAt: string;
  /** Where people see the job; null when no API runs. */
  readonly jobUrl: string | null;
  /** Which commands the workflow gives; a start that names none is from before 2 and keeps the ones it began with. */
  readonly revision?: JobRevision;
  /** Where AI steps run: on the job's own queue, which starts them without a round trip, or on one of their own. */
  readonly aiQueue?: 'jobs' | 'llm';
}

/** 2: the records of a job are local activities, and search attributes change only when what they say does. */
export type JobRevision = 2;
export const jobRevision: JobRevision = 2;

export interface LeadMagnetJobResult {
  readonly outcome: JobOutcome;
  readonly reason: Reason | null;
  readonly steps: readonly StepSummary[];
  readonly deliveries: readonly DeliverySummary[];
  readonly usage: Usage;
}

/** What every activity knows of its job. */
export interface JobReference {
  readonly id: string;
  readonly tenant: string;
  readonly leadMagnet: string;
  readonly leadMagnetName: string;
  readonly version: number;
  readonly submittedAt: string;
  readonly url: string | null;
  /** How its reports and mails look, where the lead magnet says so. */
  readonly look?: { readonly language: string | null; readonly logo: string | null };
}

/** A stored file, by the hash of its content. */
export interface ArtifactReference {
  readonly name: string;
  readonly mediaType: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** A step's output: itself when it is small, otherwise by reference, so that history stays small. */
export type OutputReference =
  | { readonly kind: 'inline'; readonly value: JsonValue }
  | { readonly kind: 'artifact'; readonly sha256: string; readonly bytes: number };

/** Outputs above this many bytes of JSON travel by reference. */
export const inlineOutputBytes = 32 * 1024;

/** How the browser of a computer-use step came to be, on its last attempt. */
export type RecoveryLevel = 'fresh' | 'reattached' | 'restored' | 'restarted';

/** The workflow's word on a step's state; it rides along with the next activities to the store until it is there. */
export interface StepTransition {
  readonly stepId: string;
  readonly generation: number;
  /** The workflow's count when it decided so: what has a lower one came before, and yields. */
  readonly sequence: number;
  readonly state: StepState;
  readonly reason: Reason | null;
  /** ISO 8601, UTC, by the workflow's clock. */
  readonly at: string;
}

export interface StepActivityInput<S extends Step = Step> {
  readonly job: JobReference;
  readonly step: S;
  /** 1 for the first run of the step; a rerun counts up. */
  readonly generation: number;
  /** The workflow's count when it started this activity; see `StepTransition`. */
  readonly sequence: number;
  readonly form: FormValues;
  /** Outputs of the steps upstream; null for one that is absent. */
  readonly outputs: Readonly<Record<string, OutputReference | null>>;
  readonly network: LeadMagnet['network'];
  readonly transitions: readonly StepTransition[];
  /** Set when another activity of the step came before, which has told its beginning. */
  readonly follows?: boolean;
  /** Set when the step goes on after a person was asked. */
  readonly resumption?: StepResumption;
}

/** A person's answer, and how often the step was tried before: an attempt's number grows over the whole step. */
export interface StepResumption {
  readonly decision: ApprovalDecision;
  readonly attemptsBefore: number;
}

/** How a step's activity ended. A limit that was reached is such an end, with the partial result, not an error. */
export interface StepActivityResult {
  readonly state: 'succeeded' | 'failed' | 'timed_out';
  readonly reason: Reason | null;
  readonly output: OutputReference | null;
  readonly artifacts: readonly ArtifactReference[];
  readonly usage: Usage;
  readonly attempts: number;
  /** Turns of a computer-use loop; 0 for other kinds. */
  readonly iterations: number;
  readonly recoveryLevel: RecoveryLevel | null;
}

/** How a step ended, as its job sees it. */
export type StepRunResult = Omit<StepActivityResult, 'state'> & {
  readonly state: StepActivityResult['state'] | 'cancelled';
};

/** A step's activity that ended because a person must be asked; the output is what there is so far. */
export interface StepSuspension extends Omit<StepActivityResult, 'state' | 'reason'> {
  readonly state: 'awaiting_approval';
  readonly reason: null;
  readonly approval: ApprovalRequest;
}

export interface StepSummary {
  readonly id: string;
  readonly state: StepState;
  readonly reason: Reason | null;
}

export interface DeliveryActivityInput {
  readonly job: JobReference;
  readonly delivery: Delivery;
  readonly deliveryId: string;
  readonly form: FormValues;
  readonly outputs: Readonly<Record<string, OutputReference | null>>;
  readonly network: LeadMagnet['network'];
  readonly artifacts: readonly ArtifactReference[];
  readonly outcome: JobOutcome;
  readonly reason: Reason | null;
  readonly transitions: readonly StepTransition[];
}

export interface DeliveryActivityResult {
  readonly state: 'delivered';
}

export interface DeliverySummary {
  readonly id: string;
  readonly state: DeliveryState;
  readonly reason: Reason | null;
}

/** How a delivery ended without being delivered, told as it happens: others of the job may go on for days. */
export interface EndDeliveryInput {
  /** What it would have been sent with, so that a person can have it sent again. */
  readonly input: DeliveryActivityInput;
  readonly summary: DeliverySummary;
}

/** A delivery that a person wants sent again. What is sent is in the store, as it was sent before. */
export interface RedeliveryInput {
  readonly jobId: string;
  readonly deliveryId: string;
  /** 1 for the first time; part of the key of the effect. */
  readonly number: number;
}

export interface EndRedeliveryInput extends RedeliveryInput {
  readonly summary: DeliverySummary;
}

export interface PlanDeliveryInput {
  readonly job: JobReference;
  readonly deliveryId: string;
  readonly schedule: NonNullable<Delivery['schedule']>;
  /** ISO 8601, UTC, by the workflow's clock. */
  readonly now: string;
}

export interface PlanDeliveryResult {
  readonly waitSeconds: number;
}

/** The job's first record: made again by every retry, it changes nothing the second time. */
export interface OpenJobInput {
  readonly job: JobReference;
  readonly form: FormValues;
  readonly definition: LeadMagnet;
}

/** The job's last record: what became of it, and whatever no activity has told the store yet. */
export interface CloseJobInput {
  readonly job: JobReference;
  readonly outcome: JobOutcome;
  readonly reason: Reason | null;
  readonly transitions: readonly StepTransition[];
  readonly deliveries: readonly DeliverySummary[];
}

/** The activities of a job, as its workflow sees them. */
export interface JobActivities extends BatchStepActivities {
  openJob(input: OpenJobInput): Promise<void>;
  closeJob(input: CloseJobInput): Promise<void>;
  planDelivery(input: PlanDeliveryInput): Promise<PlanDeliveryResult>;
  endDelivery(input: EndDeliveryInput): Promise<void>;
  redeliver(input: RedeliveryInput): Promise<DeliveryActivityResult>;
  endRedelivery(input: EndRedeliveryInput): Promise<void>;
  runWebhook(input: StepActivityInput): Promise<StepActivityResult>;
  runRender(input: StepActivityInput): Promise<StepActivityResult>;
  deliver(input: DeliveryActivityInput): Promise<DeliveryActivityResult>;
}
/** The batch of a step, as it was stored. */
export interface StepBatch {
  readonly batchId: string;
  readonly limits: BatchLimits;
  /** One line for Temporal's Web UI. */
  readonly summary: string;
}
/** The two ends of a batch step; between them the batch's own workflow runs. */
export interface BatchStepActivities {
  /** Stores the batch and its items, once for a generation of the step. */
  prepareBatchStep(input: StepActivityInput): Promise<StepBatch>;
  /** Makes the step's output of what became of the batch. */
  collectBatchStep(input: StepActivityInput): Promise<StepActivityResult>;
}
export interface LlmActivities {
  runAi(input: StepActivityInput): Promise<StepActivityResult>;
}
export interface BrowserActivities {
  runComputerUse(input: StepActivityInput): Promise<StepActivityResult | StepSuspension>;
}
