/**
 * The interface of the brains behind the model server. The server implements the protocol and keeps the tree of responses. A
 * brain answers each turn, and sees only what a model would see.
 */
import type { ComputerAction } from 'openai/resources/responses/responses';

export type { ComputerAction };

export type JsonSchema = Readonly<Record<string, unknown>>;

/** A decoded picture: four bytes for each pixel (red, green, blue, alpha), row by row. */
export interface Screenshot {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
  /** The hash of the encoded bytes. */
  readonly sha256: string;
}

export interface SafetyCheck {
  readonly id: string;
  readonly code?: string;
  readonly message?: string;
}

/** A function that the request offers. */
export type ToolDefinition = Readonly<Record<string, unknown>> & { readonly type: string };

export interface FunctionCall {
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

export interface Turn {
  readonly model: string;
  readonly instructions: string | null;
  /** The texts of the user and the system in this request, and the results of functions. */
  readonly texts: readonly string[];
  /** The same, including the earlier requests of this conversation, oldest first. */
  readonly allTexts: readonly string[];
  /** The newest picture of this request. Pictures of earlier turns are not included. */
  readonly screenshot: Screenshot | null;
  readonly computerTool: 'ga' | 'preview' | null;
  /** The server always sets them. A test for a brain without functions may leave them out. */
  readonly tools?: readonly ToolDefinition[];
  readonly outputSchema: JsonSchema | null;
  /** The memory that the brain returned with its previous answer; undefined at the first. */
  readonly memory: unknown;
}

export type BrainAnswer =
  | {
      readonly kind: 'computer';
      /** The actions in order; exactly one for the preview tool. */
      readonly actions: readonly ComputerAction[];
      readonly safetyChecks?: readonly SafetyCheck[];
      /** A text beside the call. */
      readonly say?: string;
      readonly memory?: unknown;
    }
  | {
      readonly kind: 'functions';
      /** At least one call of a function that the request offers. */
      readonly calls: readonly FunctionCall[];
      readonly say?: string;
      readonly memory?: unknown;
    }
  | { readonly kind: 'text'; readonly text: string; readonly memory?: unknown }
  | {
      /** An incomplete answer. */
      readonly kind: 'incomplete';
      readonly text: string;
      /** Default: `max_output_tokens`. */
      readonly reason?: 'max_output_tokens' | 'content_filter';
      readonly memory?: unknown;
    }
  | { readonly kind: 'refusal'; readonly text: string; readonly memory?: unknown };

export interface Brain {
  answer(turn: Turn): BrainAnswer | Promise<BrainAnswer>;
}
