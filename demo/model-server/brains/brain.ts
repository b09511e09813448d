/**
 * What thinks behind the model server: the server speaks the protocol and keeps the tree of responses, a brain is asked
 * once a turn and sees no more than a model would.
 */
import type { ComputerAction } from 'openai/resources/responses/responses';

export type { ComputerAction };

export type JsonSchema = Readonly<Record<string, unknown>>;

/** A decoded picture: four bytes a pixel, red, green, blue, alpha, row by row. */
export interface Screenshot {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
  /** Of the bytes as they were sent, before decoding. */
  readonly sha256: string;
}

export interface SafetyCheck {
  readonly id: string;
  readonly code?: string;
  readonly message?: string;
}

/** A tool as the request offers it. */
export type ToolDefinition = Readonly<Record<string, unknown>> & { readonly type: string };

export interface FunctionCall {
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

export interface Turn {
  readonly model: string;
  readonly instructions: string | null;
  /** The user's and the system's texts of this request, and what functions returned. */
  readonly texts: readonly string[];
  /** The same, with those of the earlier requests that this one goes on from, oldest first. */
  readonly allTexts: readonly string[];
  /** The newest of this request: a picture of an earlier turn is not shown again. */
  readonly screenshot: Screenshot | null;
  readonly computerTool: 'ga' | 'preview' | null;
  /** The server always gives them; a turn that is made by hand for a brain without functions may do without. */
  readonly tools?: readonly ToolDefinition[];
  readonly outputSchema: JsonSchema | null;
  /** What the brain returned with its answer to the parent; undefined at the root. */
  readonly memory: unknown;
}

export type BrainAnswer =
  | {
      readonly kind: 'computer';
      /** In order; for the preview tool exactly one. */
      readonly actions: readonly ComputerAction[];
      readonly safetyChecks?: readonly SafetyCheck[];
      /** A remark beside the call. */
      readonly say?: string;
      readonly memory?: unknown;
    }
  | {
      readonly kind: 'functions';
      /** At least one, of functions that the request offers. */
      readonly calls: readonly FunctionCall[];
      readonly say?: string;
      readonly memory?: unknown;
    }
  | { readonly kind: 'text'; readonly text: string; readonly memory?: unknown }
  | {
      /** Cut before its end. */
      readonly kind: 'incomplete';
      readonly text: string;
      /** `max_output_tokens` when left out. */
      readonly reason?: 'max_output_tokens' | 'content_filter';
      readonly memory?: unknown;
    }
  | { readonly kind: 'refusal'; readonly text: string; readonly memory?: unknown };

export interface Brain {
  answer(turn: Turn): BrainAnswer | Promise<BrainAnswer>;
}
