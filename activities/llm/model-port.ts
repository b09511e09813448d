/**
 * The port of model providers: a request, a response, and what can be done with both. `providers/routing.ts` implements it
 * over all providers, by the name of the model; `paid-call.ts` is how a step calls it.
 */
import type { JsonObject } from '../../workflows/contract/json/json.ts';
import type { Usage } from '../../workflows/contract/usage.ts';
import type { ComputerAction } from '../computer-use/actions.ts';

/** A text, a picture or the result of a call, as input for the model; or an earlier answer of it. */
export type ModelInput =
  | {
      readonly type: 'text';
      readonly text: string;
      /** Pictures that belong to the text, as `data:` URLs. */
      readonly images?: readonly string[];
    }
  | { readonly type: 'answer'; readonly text: string }
  | {
      readonly type: 'computer_result';
      readonly callId: string;
      /** A `data:` URL. */
      readonly imageUrl: string;
      readonly acknowledgedSafetyChecks: readonly SafetyCheck[];
    }
  | {
      readonly type: 'function_result';
      readonly callId: string;
      readonly text: string;
      /** A `data:` URL of the screen, when no other part of the request shows it. */
      readonly imageUrl: string | null;
    };

export interface SafetyCheck {
  readonly id: string;
  readonly code: string | null;
  readonly message: string | null;
}

export interface ModelRequest {
  /** As its provider names it, or with the provider's name before it, as in `glm/glm-5.2`. */
  readonly model: string;
  /** False where no other model may answer in its place, whatever the order of those that take over. */
  readonly isReplaceable?: false;
  readonly instructions?: string;
  readonly input: readonly ModelInput[];
  /** The response that this one continues. Null for one that its provider does not keep: then `earlier` has the turns. */
  readonly previousResponseId: string | null;
  /**
   * The turns before `input`, oldest first. They are sent wherever the provider does not have them by `previousResponseId`,
   * so a request with both can be answered by every provider.
   */
  readonly earlier?: readonly ModelInput[];
  readonly computer: {
    readonly tool: 'computer' | 'computer_use_preview';
    readonly width: number;
    readonly height: number;
  } | null;
  readonly functions?: readonly FunctionTool[];
  /**
   * Whether the model may search the web, or must; it has no web search when left out. `required` is refused by a provider
   * without web search, `allowed` is not.
   */
  readonly webSearch?: 'allowed' | 'required';
  readonly outputSchema: JsonObject | null;
  readonly reasoningEffort: 'none' | 'low' | 'medium' | 'high' | 'xhigh' | null;
  readonly maxOutputTokens: number | null;
  /** The call's name at the provider, in case its response id is lost; at most 512 characters. */
  readonly callKey?: string;
  /**
   * Time limit of the request that starts the response; of the whole answer, where the provider keeps no responses. The
   * adapter's default when left out.
   */
  readonly timeoutMilliseconds?: number;
  /**
   * Limits of an answer that its provider does not keep and that arrives as a stream: from the request to its end, and
   * between two events. The adapter's own when left out.
   */
  readonly streamLimits?: { readonly wholeMilliseconds: number; readonly silenceMilliseconds: number };
  /** Called before another model is asked in its place, which waits until this is done. */
  readonly onReplaced?: (model: string) => Promise<void>;
  /** Called while `create` waits for the whole answer, with what has arrived so far. */
  readonly onReceived?: (received: StreamReceived) => void;
}

export interface ComputerCall {
  readonly callId: string;
  /** The model's actions in order; one in the preview form. An action that could not be parsed keeps its raw type. */
  readonly actions: readonly (ComputerAction | UnknownAction)[];
  readonly safetyChecks: readonly SafetyCheck[];
}

export interface UnknownAction {
  readonly type: 'unknown';
  readonly described: string;
}

export type ModelStatus = 'pending' | 'completed' | 'incomplete' | 'failed' | 'cancelled';

/** A response in its current state at the provider. */
export interface ModelResponse {
  readonly id: string;
  /** False for a response that can be neither fetched nor continued by its id. Such a one has always ended. */
  readonly isKept?: false;
  /** The model that answered, where it is not the requested one. */
  readonly model?: string;
  readonly status: ModelStatus;
  readonly text: string;
  readonly refusal: string | null;
  readonly computerCalls: readonly ComputerCall[];
  readonly functionCalls: readonly FunctionCall[];
  readonly usage: Usage;
  /** The provider's own code and message for a failed or incomplete response. */
  readonly problem: { readonly code: string; readonly message: string } | null;
}

/** A response that was started, with its end event when the provider streams it. */
export interface BegunResponse extends ModelResponse {
  readonly stream?: {
    /** Null when the connection broke off first: the response itself may continue. Never rejects. */
    readonly ended: Promise<ModelResponse | null>;
    /** What has arrived so far; left out by an adapter that does not know. */
    readonly received?: () => StreamReceived;
    /** Closes the stream. The response continues at the provider. */
    readonly close: () => void;
  };
}

export interface StreamReceived {
  /** Characters of the answer's text. */
  readonly characters: number;
  /** When the newest event arrived, in milliseconds since the epoch. */
  readonly newestAt: number;
}

/** A function that the model may call instead of answering. */
export interface FunctionTool {
  readonly name: string;
  readonly description: string;
  /** A JSON Schema of its arguments. */
  readonly parameters: JsonObject;
}

export interface FunctionCall {
  readonly callId: string;
  readonly name: string;
  /** JSON, as the model wrote it. */
  readonly arguments: string;
}

/** A provider of model responses. Every method throws `ApplicationFailure` of a type from the closed list. */
export interface Model {
  /**
   * Starts a background response and returns as soon as it has an id; a provider that keeps no responses returns the whole
   * answer. It has its own time limit. A signal is given only where a limit of time matters more than a lost call: an
   * interrupted call may be paid without anybody knowing its id.
   */
  create(request: ModelRequest, signal?: AbortSignal): Promise<BegunResponse>;
  /**
   * `model` is the requested one: its price is used when that of the answering snapshot is unknown. The request has the
   * adapter's default time limit when none is given.
   */
  retrieve(id: string, model: string, signal: AbortSignal, timeoutMilliseconds?: number): Promise<ModelResponse>;
  /** The request has the adapter's default time limit when none is given. */
  cancel(id: string, timeoutMilliseconds?: number): Promise<void>;
  /**
   * Whether responses of this model can be fetched by their ids; yes when left out. Where they can't, a call whose answer
   * was lost may have been paid for, and nobody can find out.
   */
  keepsResponses?(model: string): boolean;
}
