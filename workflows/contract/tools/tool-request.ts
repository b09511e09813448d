/** A tool request as workflow, activities and store know it. Safe in the workflow sandbox. */
import type { ReasonType } from '../failures.ts';
import type { ToolLayer, ToolLimits } from './limits.ts';

export const toolRequestType = 'toolRequest';

export const toolStates = ['queued', 'running', 'ended'] as const;
export type ToolState = (typeof toolStates)[number];

export const toolOutcomes = [
  'completed',
  /** The expert call was cut off or failed; the tool's own findings are there. */
  'partial',
  'timed_out',
  'failed',
  'cancelled',
] as const;
export type ToolOutcome = (typeof toolOutcomes)[number];

/** What a request is doing. */
export const toolPhases = ['queued', 'turn', 'expert', 'ended'] as const;
export type ToolPhase = (typeof toolPhases)[number];

/** Why a request, or its expert call, ended without an answer. */
export interface ToolCut {
  readonly layer: ToolLayer;
  readonly type: ReasonType;
  /** After how many seconds of the layer. */
  readonly seconds: number;
  /** What happened, in one sentence. */
  readonly message: string;
  /** What the caller can do, in one sentence. */
  readonly advice: string;
}

/** The workflow's input. What was asked is in the store, by the id. */
export interface ToolRequestInput {
  readonly requestId: string;
  readonly tenant: string;
  readonly tool: string;
  readonly limits: ToolLimits;
  readonly queue: 'jobs' | 'llm';
}

export interface ToolRequestEnd {
  readonly outcome: ToolOutcome;
}

/** The result of a layer: the request has ended with it, or the expert is called. */
export type ToolLayerResult = { readonly next: 'expert' } | ({ readonly next: 'end' } & ToolRequestEnd);

export interface ToolActivityInput {
  readonly requestId: string;
  readonly tenant: string;
}

export interface EndToolRequestInput extends ToolActivityInput {
  readonly cut: ToolCut;
}

/** Served where AI steps are. */
export interface ToolActivities {
  runToolTurn(input: ToolActivityInput): Promise<ToolLayerResult>;
  runToolExpert(input: ToolActivityInput): Promise<ToolRequestEnd>;
}

/** Served with the workflow. */
export interface ToolRecordActivities {
  /** Ends a request that no layer ended; a request that has ended stays as it is. */
  endToolRequest(input: EndToolRequestInput): Promise<ToolRequestEnd>;
}
