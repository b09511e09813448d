/**
 * An experiment as workflow, activities and store know it: code that encodes and decodes a video, written by a person or, in
 * rounds, by a model; run in a sandbox, measured by the product. Safe in the workflow sandbox.
 */
import type { ExperimentLimits } from './limits.ts';
import type { Metrics } from './metrics.ts';
import type { VideoInfo } from './video.ts';

export const experimentType = 'experiment';

/** The id of the workflow: the tenant and the experiment, so that every write has one identity. */
export function experimentWorkflowId(tenant: string, experimentId: string): string {
  return `experiment.${tenant}.${experimentId}`;
}

/** `partial`: encoded but not decoded, or decoded but not scored. Also the states of a round, which is never `created`. */
export const experimentEnds = ['completed', 'partial', 'failed', 'cancelled', 'timed_out'] as const;
export type ExperimentEnd = (typeof experimentEnds)[number];
export const experimentStates = ['created', 'processing', ...experimentEnds] as const;
export type ExperimentState = (typeof experimentStates)[number];

export function isExperimentEnd(state: ExperimentState): state is ExperimentEnd {
  return experimentEnds.some((end) => end === state);
}

/** `dispatch`: a worker makes the video. `write`: a model writes the code of a round. */
export const experimentPhases = ['dispatch', 'write', 'encode', 'decode', 'score', 'store'] as const;
export type ExperimentPhase = (typeof experimentPhases)[number];

export const experimentFailureTypes = [
  // Of the code under test, as the sandbox reports them.
  'error',
  'forbidden_import',
  'time_limit',
  'memory_limit',
  'output_limit',
  'crashed',
  /** The code returned what is no encoded video, or no video. */
  'bad_result',
  // Of everything else.
  /** The video of the experiment cannot be read or made. */
  'video',
  /** The model gave no code. */
  'model',
  'budget',
  /** The limit of the whole experiment. */
  'total_time_limit',
  /** No worker took the experiment, or none that has a GPU. */
  'no_worker',
  /** The sandbox or the store did not work, or workers died again and again. */
  'installation',
  'cancelled',
] as const;
export type ExperimentFailureType = (typeof experimentFailureTypes)[number];

export interface ExperimentFailure {
  readonly phase: ExperimentPhase;
  readonly type: ExperimentFailureType;
  /** One sentence. */
  readonly message: string;
  /** Of the code, from 1; null where it is not known. */
  readonly line: number | null;
}

/** Content in the store, by its hash. */
export interface ContentReference {
  readonly sha256: string;
  readonly bytes: number;
}

/** Computed by the product from the frames that went in, the bytes, and the frames that came out. Those of each frame are in a file. */
export interface ExperimentMetrics extends Omit<Metrics, 'frames'> {
  readonly encodedBytes: number;
}

/** A file of a round: a picture for comparison, or the figures of each frame. */
export interface ExperimentFile extends ContentReference {
  readonly name: string;
  readonly mediaType: string;
}

/** The workflow's input. What was asked is in the store, by the id. */
export interface ExperimentInput {
  readonly experimentId: string;
  readonly tenant: string;
  readonly limits: ExperimentLimits;
  readonly rounds: number;
  /** Whether a model writes the code: of all rounds, or of all but the first. */
  readonly writes: 'none' | 'all' | 'after_first';
  /** Whether encode and decode run where a GPU is; when no worker has one, they wait or fail. */
  readonly gpu: GpuUse;
  /** The queue of workers that ask models. */
  readonly aiQueue: 'jobs' | 'llm';
}

export const gpuUses = ['none', 'wait', 'fail'] as const;
export type GpuUse = (typeof gpuUses)[number];

export interface ExperimentActivityInput {
  readonly experimentId: string;
  readonly tenant: string;
}

export interface RoundInput extends ExperimentActivityInput {
  /** From 1. */
  readonly round: number;
}

/** What a phase gave, or why it gave nothing. A fault of the installation is an `ApplicationFailure` instead. */
export type PhaseResult<Value> = { readonly value: Value } | { readonly failure: ExperimentFailure };

/** With what the attempt that gave it took, from when a worker began it. */
export type TimedResult<Value> = PhaseResult<Value> & { readonly tookSeconds: number };

export interface DispatchedVideo {
  readonly info: VideoInfo;
  /** The raw frames. */
  readonly frames: ContentReference;
}

export interface WriteInput extends RoundInput {
  readonly video: VideoInfo;
  readonly limits: ExperimentLimits;
}

/** `enough`: the goal is reached, or the budget is used up; no further round is made. */
export type WrittenCode =
  | { readonly code: ContentReference; readonly note: string | null }
  | { readonly enough: 'goal' | 'budget' };

export interface EncodeInput extends RoundInput {
  readonly limits: ExperimentLimits;
  readonly code: ContentReference;
  readonly video: DispatchedVideo;
}

/** What a phase with code under test gave. */
export interface PhaseOutput {
  readonly content: ContentReference;
  /** Measured by the worker, with the start of the interpreter. */
  readonly seconds: number;
  readonly peakBytes: number;
}

export interface DecodeInput extends EncodeInput {
  readonly encoded: ContentReference;
}

export interface ScoreInput extends DecodeInput {
  readonly decoded: ContentReference;
}

export interface RoundScore {
  readonly metrics: ExperimentMetrics;
  readonly files: readonly ExperimentFile[];
}

/** Everything that is recorded of a round, at once, when it ends. */
export interface RoundEnd extends RoundInput {
  readonly state: ExperimentEnd;
  readonly code: ContentReference | null;
  readonly note: string | null;
  readonly failure: ExperimentFailure | null;
  readonly encoded: PhaseOutput | null;
  readonly decoded: PhaseOutput | null;
  readonly score: RoundScore | null;
}

export interface EndExperimentInput extends ExperimentActivityInput {
  /** Why it ended before its rounds did; null when they decide how it ends. */
  readonly failure: ExperimentFailure | null;
  /** What its phases have taken. Workflows of earlier releases do not tell it. */
  readonly times?: ExperimentTimes;
}

/** What the phases of an experiment have taken together, without their waits. */
export interface ExperimentTimes {
  readonly sandboxSeconds: number;
  /** Of the phases in which a model wrote. */
  readonly modelSeconds: number;
}

export interface ExperimentResult {
  readonly state: ExperimentEnd;
}

/** Served where sandboxes are. Encode and decode are served where a GPU is as well. */
export interface ExperimentSandboxActivities {
  dispatchExperiment(
    input: ExperimentActivityInput & { readonly limits: ExperimentLimits },
  ): Promise<TimedResult<DispatchedVideo>>;
  encodeRound(input: EncodeInput): Promise<TimedResult<PhaseOutput>>;
  decodeRound(input: DecodeInput): Promise<TimedResult<PhaseOutput>>;
  scoreRound(input: ScoreInput): Promise<TimedResult<RoundScore>>;
}

/** Served where AI steps are. */
export interface ExperimentModelActivities {
  writeCode(input: WriteInput): Promise<TimedResult<WrittenCode>>;
}

/** Served with the workflow. */
export interface ExperimentRecordActivities {
  /** The code that came with the experiment. */
  givenCode(input: ExperimentActivityInput): Promise<ContentReference>;
  endRound(input: RoundEnd): Promise<void>;
  /** Ends the experiment, once: by its failure or by its rounds. Returns how it ended. */
  endExperiment(input: EndExperimentInput): Promise<ExperimentResult>;
}

/** Served with the workflow. */
export interface ExperimentGpuActivities {
  /** Whether a worker that has a GPU has told of itself within the last minute, however busy it is. */
  hasGpuWorker(): Promise<boolean>;
}
