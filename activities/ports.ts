/** The interfaces through which activities reach the outside world. Adapters implement them; tests inject fakes. */
import type { StandingAlert } from '../store/platform/alerts.ts';
import type { JsonObject } from '../workflows/contract/json/json.ts';
import type { ComputerAction } from './computer-use/actions.ts';
import type { Standing } from './computer-use/host/connection/protocol.ts';
import type { BoundSecret } from './computer-use/secrets/bound-secret.ts';

export type * from './llm/model-port.ts';

export interface Screenshot {
  readonly bytes: Uint8Array;
  readonly mediaType: 'image/png' | 'image/jpeg';
}

/** The state that survives a browser: enough to continue on the same page in another one. */
export interface BrowserState {
  readonly url: string;
  readonly scroll: { readonly x: number; readonly y: number };
  readonly cookies: readonly JsonObject[];
  /** Local storage by origin, and the session storage of the page's origin. */
  readonly origins: readonly JsonObject[];
  readonly sessionStorage: { readonly origin: string; readonly items: Readonly<Record<string, string>> } | null;
}

/** A screenshot, and the browser's state with it. */
export interface Sight {
  readonly picture: Screenshot;
  readonly state: BrowserState;
}

/** The control that an action is for, as the browser itself knows it: no script of the page can change it. */
export interface Target {
  /** Its name and the text on it; empty when there is none, null when it cannot be read. */
  readonly words: string | null;
  /** Whether the action presses the control, as a click does and Enter may. */
  readonly presses: boolean;
}

/** The kinds of action that only a person may perform, whatever the model wants. */
export type PersonOnly = 'captcha' | 'password_change' | 'payment';

/** A screen that can be looked at and acted on. */
export interface Computer {
  /**
   * Performs one action. Throws `ActionProblem` for one that cannot be performed. What the action leads to (a page that loads) is
   * waited for by the next call.
   */
  perform(action: ComputerAction, signal: AbortSignal): Promise<void>;
  /** The control that an action is for: the one under the pointer, or the focused one. */
  describeTarget(action: ComputerAction, signal: AbortSignal): Promise<Target>;
  /** Whether only a person may perform an action, judged by its control. */
  personOnly(action: ComputerAction, signal: AbortSignal): Promise<PersonOnly | null>;
  /** The screen once it no longer changes, or after a second of changes. */
  screenshot(signal: AbortSignal): Promise<Screenshot>;
  url(): string;
  state(signal: AbortSignal): Promise<BrowserState>;
  /** Both of the same moment: the state is read while the screen is watched for changes. */
  sight(signal: AbortSignal): Promise<Sight>;
  /** Events that a screenshot does not show (a dialog, a new tab, a refused download), once each. */
  takeNotes(): readonly string[];
  /** Copies a file to the browser's host, for choosers only. Safe to repeat; no page gets access by that. */
  putFile(file: OfferedContent, signal: AbortSignal): Promise<void>;
  readonly downloads: ComputerDownloads;
  close(): Promise<void>;
}

/** A file that a page has downloaded or is downloading. */
export interface Download {
  /** Unique over all browsers. */
  readonly id: string;
  /** The name that the server gives: it may be anything. */
  readonly name: string;
  readonly bytes: number;
}

export interface DownloadList {
  readonly finished: readonly Download[];
  readonly running: readonly Download[];
}

/** Downloads in quarantine, where they stay until they are dropped. */
export interface ComputerDownloads {
  /** Waits for running downloads, at most this long. */
  list(waitMilliseconds: number, signal: AbortSignal): Promise<DownloadList>;
  read(id: string, signal: AbortSignal): Promise<Uint8Array>;
  drop(id: string, signal: AbortSignal): Promise<void>;
}

/** A file that a page may be given. */
export interface OfferedContent {
  /** The name that the page sees: a file name without a path. */
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
  /** Secrets that may be typed by their placeholders, each on its own origins. */
  readonly secrets: readonly BoundSecret[];
  /** Whether there are files for file choosers. */
  readonly offersFiles?: boolean;
  /** Called for every request that the network policy refused. */
  readonly onDenied: (denial: { readonly target: string; readonly reason: string }) => void;
  /** Called when the browser ends, including when it is closed. */
  readonly onGone?: () => void;
}

export interface ComputerFactory {
  /** A new browser on the start page, or on the page and in the state of a lost one. */
  open(settings: ComputerSettings, restore: BrowserState | null, signal: AbortSignal): Promise<Computer>;
}

/** The browser that a checkpoint was written with, and how many of its actions had been begun by then. */
export interface BrowserMark {
  readonly host: string;
  readonly actions: number;
  /** Whether its session had to wait for it to start: none was warm. */
  readonly coldStart: boolean;
}

/** A computer that outlives its worker: the next attempt can reattach to it. */
export interface LastingComputer extends Computer {
  mark(): BrowserMark;
  /** Called between turns: replaces a browser that is too large or too old, and returns the reason; else null. */
  refresh(signal: AbortSignal): Promise<string | null>;
  /** Leaves the browser running for the next worker, for the length of its lease; for a person the lease is longer. */
  detach(to: 'worker' | 'person'): Promise<void>;
}

/** The owner of a browser: an attempt of a session. An earlier attempt cannot disturb a later one. */
export interface ComputerOwner {
  readonly key: string;
  readonly attempt: number;
}

/** The browsers of sessions. Both methods throw `Superseded` when a later attempt has the session's browser. */
export interface ComputerHosts {
  /** A new browser on the start page, or in the state of a lost one. Any earlier browser of the session is ended. */
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
   * Throws `receiver_refused` or `receiver_unavailable` when the mail was certainly not accepted, and
   * `effect_uncertain` when it may have been.
   */
  send(message: MailMessage, signal: AbortSignal): Promise<MailReceipt>;
}

export interface MailReceipt {
  /** Receivers that the server refused while it accepted others: one sentence each. */
  readonly refused: readonly string[];
}

export interface MailMessage {
  /** Becomes the Message-ID, so that a repeat can be recognised. */
  readonly key: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string | null;
  readonly attachments: readonly {
    readonly name: string;
    readonly mediaType: string;
    readonly content: Uint8Array;
    /** The HTML shows the image as `cid:<id>`; it is then not an attachment to save. */
    readonly contentId?: string;
  }[];
}

/** A channel by which people get alerts. */
export interface Notifier {
  readonly name: 'mail' | 'webhook';
  /**
   * Sends an alert, once for each key: what was sent, may have been sent, or was refused under a key is not sent again.
   * Throws when it could not be sent.
   */
  notify(key: string, alert: StandingAlert, signal: AbortSignal): Promise<void>;
}

/** Prints an HTML page to PDF; every request of the page is denied. */
export interface PdfPrinter {
  print(html: string, signal: AbortSignal): Promise<Uint8Array>;
}
