/** The narrow interfaces that activities need of the world. Adapters implement them; tests inject fakes. */
import type { StandingAlert } from '../store/platform/alerts.ts';
import type { JsonObject } from '../workflows/contract/json/json.ts';
import type { Usage } from '../workflows/contract/usage.ts';
import type { ComputerAction } from './computer-use/actions.ts';
import type { Standing } from './computer-use/host/connection/protocol.ts';
import type { BoundSecret } from './computer-use/secrets/bound-secret.ts';

/** A text, a picture or the outcome of a call that goes to the model. */
export type ModelInput =
  | { readonly type: 'text'; readonly text: string }
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
      /** A `data:` URL of the screen, where no other part of the request shows it. */
      readonly imageUrl: string | null;
    };

export interface SafetyCheck {
  readonly id: string;
  readonly code: string | null;
  readonly message: string | null;
}

export interface ModelRequest {
  readonly model: string;
  readonly instructions?: string;
  readonly input: readonly ModelInput[];
  readonly previousResponseId: string | null;
  readonly computer: {
    readonly tool: 'computer' | 'computer_use_preview';
    readonly width: number;
    readonly height: number;
  } | null;
  readonly functions?: readonly FunctionTool[];
  readonly outputSchema: JsonObject | null;
  readonly reasoningEffort: 'none' | 'low' | 'medium' | 'high' | 'xhigh' | null;
  readonly maxOutputTokens: number | null;
  /** By this name the provider knows the call, should its id be lost on the way; at most 512 characters. */
  readonly callKey?: string;
  /** Limit of the request that starts the response; the adapter's own when left out. */
  readonly timeoutMilliseconds?: number;
}

export interface ComputerCall {
  readonly callId: string;
  /** As the model sent them, in order; one in the preview form. An action that could not be read keeps its raw type. */
  readonly actions: readonly (ComputerAction | UnknownAction)[];
  readonly safetyChecks: readonly SafetyCheck[];
}

export interface UnknownAction {
  readonly type: 'unknown';
  readonly described: string;
}

export type ModelStatus = 'pending' | 'completed' | 'incomplete' | 'failed' | 'cancelled';

/** A response as the provider has it at the moment. */
export interface ModelResponse {
  readonly id: string;
  readonly status: ModelStatus;
  readonly text: string;
  readonly refusal: string | null;
  readonly computerCalls: readonly ComputerCall[];
  readonly functionCalls: readonly FunctionCall[];
  readonly usage: Usage;
  /** The provider's own word for a failed or incomplete response. */
  readonly problem: { readonly code: string; readonly message: string } | null;
}

/** A response that was begun, with word of its end where the provider sends it by itself. */
export interface BegunResponse extends ModelResponse {
  readonly stream?: {
    /** Null when the connection broke off first: the response itself may go on. Never rejects. */
    readonly ended: Promise<ModelResponse | null>;
    /** Stops listening. The response goes on at the provider. */
    readonly close: () => void;
  };
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
   * Starts a background response and returns as soon as it has an id. Takes no signal: a call that is cut off on its way
   * may be paid without anybody knowing its id. It is short and has a limit of its own.
   */
  create(request: ModelRequest): Promise<BegunResponse>;
  /**
   * `model` is the one that was asked for: it gives the price where that of the snapshot which answered is not known. The
   * limit of the request is the adapter's own when left out.
   */
  retrieve(id: string, model: string, signal: AbortSignal, timeoutMilliseconds?: number): Promise<ModelResponse>;
  cancel(id: string): Promise<void>;
}

export interface Screenshot {
  readonly bytes: Uint8Array;
  readonly mediaType: 'image/png' | 'image/jpeg';
}

/** What survives of a browser when it dies: enough to stand on the same page again. */
export interface BrowserState {
  readonly url: string;
  readonly scroll: { readonly x: number; readonly y: number };
  readonly cookies: readonly JsonObject[];
  /** Local storage by origin, and the session storage of the page's origin. */
  readonly origins: readonly JsonObject[];
  readonly sessionStorage: { readonly origin: string; readonly items: Readonly<Record<string, string>> } | null;
}

/** The control that an action is for, as the browser itself knows it: no script of the page can say otherwise. */
export interface Target {
  /** Its name and the text on it; empty where there is none, null where it cannot be read. */
  readonly words: string | null;
  /** Whether the action presses it, as a click does and Enter may. */
  readonly presses: boolean;
}

/** What is left to a person, whatever the model wants. */
export type PersonOnly = 'captcha' | 'password_change' | 'payment';

/** A screen that can be looked at and acted upon. */
export interface Computer {
  /** Performs one action and waits for the page it leads to. Throws `ActionProblem` for one that cannot be done. */
  perform(action: ComputerAction, signal: AbortSignal): Promise<void>;
  /** What an action would be done to: the control under the pointer, or the one that has the keyboard. */
  describeTarget(action: ComputerAction, signal: AbortSignal): Promise<Target>;
  /** Whether an action is one that only a person may do, judged by the control that it is for. */
  personOnly(action: ComputerAction, signal: AbortSignal): Promise<PersonOnly | null>;
  /** The screen once it stands still, or after a second that it did not. */
  screenshot(signal: AbortSignal): Promise<Screenshot>;
  url(): string;
  state(signal: AbortSignal): Promise<BrowserState>;
  /** What happened on the screen that a picture does not show (a dialog, a new tab, a refused download), once each. */
  takeNotes(): readonly string[];
  /** Makes a file ready to be chosen by its name; done again it changes nothing. No page sees it by that. */
  putFile(file: OfferedContent, signal: AbortSignal): Promise<void>;
  readonly downloads: ComputerDownloads;
  close(): Promise<void>;
}

/** A file that a page has downloaded, or is downloading. */
export interface Download {
  /** No two downloads of any browser have the same. */
  readonly id: string;
  /** As its server calls it: anything at all. */
  readonly name: string;
  readonly bytes: number;
}

export interface DownloadList {
  readonly finished: readonly Download[];
  readonly running: readonly Download[];
}

/** Downloads in quarantine, where they stay until they are dropped. */
export interface ComputerDownloads {
  /** Waits, so long at most, for those that are under way. */
  list(waitMilliseconds: number, signal: AbortSignal): Promise<DownloadList>;
  read(id: string, signal: AbortSignal): Promise<Uint8Array>;
  drop(id: string, signal: AbortSignal): Promise<void>;
}

/** A file that a page may be handed. */
export interface OfferedContent {
  /** As the page sees it: a file's name and no path. */
  readonly name: string;
  readonly content: Uint8Array;
}

export interface ComputerSettings {
  readonly width: number;
  readonly height: number;
  readonly startUrl: string;
  readonly network: {
    readonly navigate: readonly string[];
    readonly load: 'public' | 'listed';
    readonly allowPrivateOrigins: readonly string[];
  };
  /** What may be typed by its placeholder, each on its own origins. */
  readonly secrets: readonly BoundSecret[];
  /** Whether there are files that a file chooser may be given. */
  readonly offersFiles?: boolean;
  /** Told of every request that the network policy refused. */
  readonly onDenied: (denial: { readonly target: string; readonly reason: string }) => void;
  /** Told when the browser ends, also when it is closed. */
  readonly onGone?: () => void;
}

export interface ComputerFactory {
  /** A new browser on the start page, or on the page and in the state of one that died. */
  open(settings: ComputerSettings, restore: BrowserState | null, signal: AbortSignal): Promise<Computer>;
}

/** Which browser a checkpoint was written with, and how many of its actions had been begun by then. */
export interface BrowserMark {
  readonly host: string;
  readonly actions: number;
}

/** A computer that outlives its worker: the next attempt can find it as it was left. */
export interface LastingComputer extends Computer {
  mark(): BrowserMark;
  /** Called between turns: replaces a browser that is too large or too old, in the same state, and says why; else null. */
  refresh(signal: AbortSignal): Promise<string | null>;
  /** Leaves the browser to the worker that goes on, for the length of its lease; a person may take longer to answer. */
  detach(to: 'worker' | 'person'): Promise<void>;
}

/** Who drives a browser: an attempt of a session. A later attempt is not disturbed by an earlier one. */
export interface ComputerOwner {
  readonly key: string;
  readonly attempt: number;
}

/** The browsers of sessions. Both methods throw `Superseded` when a later attempt drives the session's browser. */
export interface ComputerHosts {
  /** A new browser on the start page, or in the state of one that died. Any former browser of the session is ended. */
  open(
    owner: ComputerOwner,
    settings: ComputerSettings,
    restore: BrowserState | null,
    signal: AbortSignal,
  ): Promise<LastingComputer>;
  /** The browser that a checkpoint was written with; null when it is gone, or behind the checkpoint. */
  reattach(
    owner: ComputerOwner,
    mark: BrowserMark,
    onDenied: ComputerSettings['onDenied'],
    signal: AbortSignal,
  ): Promise<{ readonly computer: LastingComputer; readonly standing: Standing } | null>;
}

export interface Mail {
  /**
   * Throws `receiver_refused` or `receiver_unavailable` when the mail was not taken for certain, and `effect_uncertain`
   * when it may have been.
   */
  send(message: MailMessage, signal: AbortSignal): Promise<MailReceipt>;
}

export interface MailReceipt {
  /** Receivers that the server did not take, while it took others: a sentence each. */
  readonly refused: readonly string[];
}

export interface MailMessage {
  /** Becomes the Message-ID, so that a repeat can be told. */
  readonly key: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string | null;
  readonly attachments: readonly {
    readonly name: string;
    readonly mediaType: string;
    readonly content: Uint8Array;
    /** By this the HTML shows it, as `cid:<id>`; it is then no file of its own. */
    readonly contentId?: string;
  }[];
}

/** A way in which people are told of an alert. */
export interface Notifier {
  readonly name: 'mail' | 'webhook';
  /**
   * Tells of an alert, once for a key: what was sent, may have been sent, or was refused under it is not sent again.
   * Throws when it could not be sent.
   */
  notify(key: string, alert: StandingAlert, signal: AbortSignal): Promise<void>;
}

/** Turns a page of HTML, whose every request is denied, into a PDF. */
export interface PdfPrinter {
  print(html: string, signal: AbortSignal): Promise<Uint8Array>;
}
