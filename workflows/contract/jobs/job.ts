/**
 * The data that clients, the job's workflow and its activities exchange. Only types: the sandbox loads no schemas, and
 * outside data was validated before it gets here. Every function takes one object and returns one, so that fields can
 * be added.
 */
import type { ApprovalDecision, ApprovalRequest } from '../computer-use/approvals.ts';
import type { ComputerUseTimes } from '../computer-use/times.ts';
import type { BatchLimits } from '../batches/limits.ts';
import type { Reason } from '../failures.ts';
import type { PinnedLimits } from '../limits/limits-version.ts';
import type { FormValues } from '../lead-magnets/form.ts';
import type { JsonValue } from '../json/json.ts';
import type { Delivery, LeadMagnet, Step } from '../lead-magnets/lead-magnet.ts';
import type { DeliveryState, JobOutcome, StepState } from './states.ts';
import type { RunLimits } from '../runs/run.ts';
import type { ToolLimits } from '../tools/limits.ts';
import type { Usage } from '../usage.ts';

/** The workflow's input: a pinned snapshot that later edits of the lead magnet do not change. */
export interface LeadMagnetJobInput {
  readonly tenant: string;
  readonly version: number;
  readonly definition: LeadMagnet;
  readonly form: FormValues;
  /** ISO 8601, UTC. */
  readonly submittedAt: string;
  /** The address of the job page; null when no API runs. */
  readonly jobUrl: string | null;
  /**
   * Which commands the workflow issues. A job of an earlier revision keeps the commands it began with; one without a
   * revision was started before 2.
   */
  readonly revision?: JobRevision;
  /** The queue of AI steps: the job's own queue, which starts them without a round trip, or a separate one. */
  readonly aiQueue?: 'jobs' | 'llm';
  /** The version of the table of limits that it keeps until its end; the built-in table when absent. */
  readonly limits?: PinnedLimits;
}

/**
 * 2: the records of a job are local activities, and search attributes are only updated when they change.
 * 3: a job is started with the state `running`, and only one that has deliveries is shown as `delivering`. Each update
 * of search attributes costs the server as much as an activity.
 */
export type JobRevision = 2 | 3;
export const jobRevision: JobRevision = 3;

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
  /** The version of the table of limits; absent for the built-in table. */
  readonly limitsVersion?: number;
  /** The look of its reports and mails, when the lead magnet sets one. */
  readonly look?: { readonly language: string | null; readonly logo: string | null };
}

/** A stored file, by the hash of its content. */
export interface ArtifactReference {
  readonly name: string;
  readonly mediaType: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** A step's output: inline when it is small, otherwise by reference, so that the history stays small. */
export type OutputReference =
  | { readonly kind: 'inline'; readonly value: JsonValue }
  | { readonly kind: 'artifact'; readonly sha256: string; readonly bytes: number };

/** Outputs with more bytes of JSON than this are passed by reference. */
export const inlineOutputBytes = 32 * 1024;

/** How the browser of a computer-use step was opened in its last attempt. */
export type RecoveryLevel = 'fresh' | 'reattached' | 'restored' | 'restarted';

/**
 * A change of a step's state that the workflow decided. Activities carry it to the store, until one has recorded it.
 */
export interface StepTransition {
  readonly stepId: string;
  readonly generation: number;
  /**
   * The workflow's counter at the decision: a transition with a lower number is older and does not overwrite a newer
   * one.
   */
  readonly sequence: number;
  readonly state: StepState;
  readonly reason: Reason | null;
  /** ISO 8601, UTC, by the workflow's clock. */
  readonly at: string;
  /** The limits that the step ran within; for a step that failed. */
  readonly limits?: RunLimits;
}

export interface StepActivityInput<S extends Step = Step> {
  readonly job: JobReference;
  readonly step: S;
  /** 1 for the first run of the step; each rerun adds one. */
  readonly generation: number;
  /** The workflow's counter when it started this activity; see `StepTransition`. */
  readonly sequence: number;
  readonly form: FormValues;
  /** Outputs of the steps upstream; null for an absent one. */
  readonly outputs: Readonly<Record<string, OutputReference | null>>;
  readonly network: LeadMagnet['network'];
  readonly transitions: readonly StepTransition[];
  /** Set when an earlier activity of the step has recorded its start. */
  readonly follows?: boolean;
  /** Set when the step resumes after a question to a person. */
  readonly resumption?: StepResumption;
}

/** A person's answer, and the number of earlier attempts: attempts are counted over the whole step. */
export interface StepResumption {
  readonly decision: ApprovalDecision;
  readonly attemptsBefore: number;
}

/** How a step's activity ended. Reaching a limit is such an end, with the partial result, and not an error. */
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
  /** Of a computer-use step. */
  readonly times?: ComputerUseTimes;
  /** Of a computer-use step: the longest row of turns that chose the same actions on the same screen. */
  readonly longestRepeat?: number;
  /** Of a computer-use step: whether its newest browser had to be started for it, because none was warm. */
  readonly coldStart?: boolean;
}

/** How a step ended, for its job. */
export type StepRunResult = Omit<StepActivityResult, 'state'> & {
  readonly state: StepActivityResult['state'] | 'cancelled';
};

/** The result of an activity that ended to ask a person; the output is the result so far. */
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

/**
 * How a delivery ended without being delivered. It is recorded at once: other deliveries of the job may continue for
 * days.
 */
export interface EndDeliveryInput {
  /** The input that it would have been sent with, so that a person can have it sent again. */
  readonly input: DeliveryActivityInput;
  readonly summary: DeliverySummary;
}

/** A delivery that a person wants to have sent again. Its content is in the store, as it was sent before. */
export interface RedeliveryInput {
  readonly jobId: string;
  readonly deliveryId: string;
  /** 1 for the first repetition; part of the effect's key. */
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

/** The job's first record. A repetition, after a retry, changes nothing. */
export interface OpenJobInput {
  readonly job: JobReference;
  readonly form: FormValues;
  readonly definition: LeadMagnet;
}

/** How a job has ended. */
export interface JobEnd {
  readonly outcome: JobOutcome;
  readonly reason: Reason | null;
}

/** The job's last record: its outcome, and all transitions that no activity has recorded yet. */
export interface CloseJobInput extends JobEnd {
  readonly job: JobReference;
  readonly transitions: readonly StepTransition[];
  readonly deliveries: readonly DeliverySummary[];
}

/** The activities of a job, as its workflow sees them. */
export interface JobActivities extends BatchStepActivities, ToolStepActivities {
  /** Returns how the job has ended if it ended before its workflow began, as one that was cancelled while it waited. */
  openJob(input: OpenJobInput): Promise<JobEnd | undefined>;
  closeJob(input: CloseJobInput): Promise<void>;
  planDelivery(input: PlanDeliveryInput): Promise<PlanDeliveryResult>;
  endDelivery(input: EndDeliveryInput): Promise<void>;
  redeliver(input: RedeliveryInput): Promise<DeliveryActivityResult>;
  endRedelivery(input: EndRedeliveryInput): Promise<void>;
  runWebhook(input: StepActivityInput): Promise<StepActivityResult>;
  runRender(input: StepActivityInput): Promise<StepActivityResult>;
  deliver(input: DeliveryActivityInput): Promise<DeliveryActivityResult>;
}
/** The batch of a step, as stored. */
export interface StepBatch {
  readonly batchId: string;
  readonly limits: BatchLimits;
  /** One line for Temporal's Web UI. */
  readonly summary: string;
}
/** The two activities of a batch step, before and after the batch's own workflow. */
export interface BatchStepActivities {
  /** Stores the batch and its items, once for each generation of the step. */
  prepareBatchStep(input: StepActivityInput): Promise<StepBatch>;
  /** Builds the step's output from the results of the batch. */
  collectBatchStep(input: StepActivityInput): Promise<StepActivityResult>;
}
/** The request of a tool step, as stored. */
export interface StepTool {
  readonly requestId: string;
  readonly limits: ToolLimits;
}
/** The two activities of a tool step, before and after the request's own workflow. */
export interface ToolStepActivities {
  /** Checks the input and stores the request, once for each generation of the step. */
  prepareToolStep(input: StepActivityInput): Promise<StepTool>;
  /** Builds the step's output from how the request ended. */
  collectToolStep(input: StepActivityInput): Promise<StepActivityResult>;
}
export interface LlmActivities {
  runAi(input: StepActivityInput): Promise<StepActivityResult>;
}
export interface SandboxActivities {
  runCode(input: StepActivityInput): Promise<StepActivityResult>;
}
export interface BrowserActivities {
  runComputerUse(input: StepActivityInput): Promise<StepActivityResult | StepSuspension>;
}
