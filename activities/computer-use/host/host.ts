/**
 * The browser host: owns the computer of a session and performs the requests of its one owner. It knows nothing of
 * sockets or processes. A later attempt can take it over; from then on requests of the former owner are refused.
 */
import { Superseded } from '../../../store/jobs/ledger.ts';
import { failure } from '../../failure.ts';
import type { BrowserState, Computer, ComputerFactory, ComputerOwner, ComputerSettings } from '../../ports.ts';
import { ActionProblem, type ComputerAction } from '../actions.ts';
import { toErrorMessage } from './errors.ts';
import type { Lease } from './lease.ts';
import { Outbox } from './connection/outbox.ts';
import {
  methods,
  RequestSchema,
  type ActionStanding,
  type Method,
  type Reply,
  type Standing,
} from './connection/protocol.ts';

export interface HostRequest {
  readonly computers: ComputerFactory;
  readonly lease: Lease;
  /** The browser is replaced between turns after this many turns, or when its memory has grown above this size. */
  readonly recycle: { readonly turns: number; readonly residentBytes: number };
  /** The session whose browser this is; null until the first owner brings one. */
  readonly key: string | null;
  readonly onOwner: (key: string, attempt: number) => void;
  /** Called when the owner ends the host, or when the browser is gone. */
  readonly onEnd: (why: string) => void;
}

/**
 * A page that fills a new browser within so few turns needs the memory: the browser is not replaced again and again.
 */
const fewestTurns = 5;

/** The client at the other end of a connection. */
export interface Peer {
  reply(reply: Reply, bytes?: Uint8Array): void;
}

interface Answer {
  readonly result: unknown;
  readonly bytes?: Uint8Array;
}
type Handler = (peer: Peer, params: unknown, bytes: Uint8Array) => Promise<Answer>;

export class BrowserHost {
  private readonly request: HostRequest;
  private readonly handlers = new Map<string, Handler>();
  private readonly notes = new Outbox<string>();
  private readonly denials = new Outbox<{ target: string; reason: string }>();
  private readonly stop = new AbortController();
  private key: string | null;
  private owner: Peer | null = null;
  private ownerAttempt = 0;
  private computer: Computer | null = null;
  private settings: ComputerSettings | null = null;
  private actions = 0;
  private newest: ActionStanding | null = null;
  /** Turns since the browser was opened. */
  private turns = 0;
  private residentBytes = 0;
  /** Requests are handled one at a time: a new owner waits for the current action, and so learns how it ended. */
  private work: Promise<unknown> = Promise.resolve();

  constructor(request: HostRequest) {
    this.request = request;
    this.key = request.key;
    this.handle(methods.renew, async ({ milliseconds }) => {
      if (milliseconds !== null) request.lease.renew(milliseconds);
      return { result: {} };
    });
    this.handle(methods.end, async () => {
      request.onEnd('its owner said so');
      return { result: {} };
    });
    this.inTurn(methods.open, async ({ restore, ...settings }) => {
      this.settings = { ...settings, onDenied: (denial) => this.denials.add(denial) };
      this.computer = await this.openBrowser(this.settings, restore);
      return { result: {} };
    });
    this.inTurn(methods.perform, async ({ action }) => {
      await this.perform(action);
      return { result: {} };
    });
    this.inTurn(methods.describeTarget, async ({ action }) => ({
      result: await this.browser().describeTarget(action, this.stop.signal),
    }));
    this.inTurn(methods.personOnly, async ({ action }) => ({
      result: { kind: await this.browser().personOnly(action, this.stop.signal) },
    }));
    this.inTurn(methods.screenshot, async () => {
      const { bytes, mediaType } = await this.browser().screenshot(this.stop.signal);
      // Notes are taken only now, so that everything since the last screenshot is summarised, such as thirty dialogs in
      // a row.
      this.collectNotes();
      return { result: { mediaType }, bytes };
    });
    this.inTurn(methods.sight, async () => {
      const { picture, state } = await this.browser().sight(this.stop.signal);
      this.collectNotes();
      return { result: { mediaType: picture.mediaType, state }, bytes: picture.bytes };
    });
    this.inTurn(methods.state, async () => ({ result: await this.browser().state(this.stop.signal) }));
    this.inTurn(methods.putFile, async ({ name }, content) => {
      await this.browser().putFile({ name, content }, this.stop.signal);
      return { result: {} };
    });
    this.inTurn(methods.downloads, async ({ waitMilliseconds }) => {
      const { finished, running } = await this.browser().downloads.list(waitMilliseconds, this.stop.signal);
      this.collectNotes();
      return { result: { finished: [...finished], running: [...running] } };
    });
    this.inTurn(methods.readDownload, async ({ id }) => ({
      result: {},
      bytes: await this.browser().downloads.read(id, this.stop.signal),
    }));
    this.inTurn(methods.dropDownload, async ({ id }) => {
      await this.browser().downloads.drop(id, this.stop.signal);
      return { result: {} };
    });
    this.inTurn(methods.refresh, async () => ({ result: { why: await this.refresh() } }));
  }

  /** Answers one request of a client, with the bytes that came with it; never throws. */
  async receive(peer: Peer, message: unknown, bytes: Uint8Array): Promise<void> {
    const { id, method, params, taken } = RequestSchema.parse(message);
    let answer: Answer = { result: null };
    let error: Reply['error'] = null;
    try {
      if (method === methods.attach.name) answer = await this.attach(peer, methods.attach.params.parse(params));
      else {
        this.check(peer);
        this.request.lease.renew();
        const handler = this.handlers.get(method);
        if (handler === undefined) throw new Error(`a browser host has no method ${method}`);
        answer = await handler(peer, params, bytes);
      }
    } catch (thrown) {
      error = toErrorMessage(thrown);
    }
    // A client that was superseded while it waited gets nothing, and its acknowledgements do not count.
    const isOwner = this.owner === peer;
    const notes = isOwner ? this.notes.after(taken.notes) : [];
    const denials = isOwner ? this.denials.after(taken.denials) : [];
    peer.reply(
      { id, result: answer.result, error, url: this.url(), notes: [...notes], denials: [...denials] },
      answer.bytes,
    );
  }

  /** Reports the resident memory of the browser's processes. */
  measured(residentBytes: number): void {
    this.residentBytes = residentBytes;
  }

  /** Closes the browser, as far as possible. */
  async close(): Promise<void> {
    this.stop.abort(new Error('the browser host ends'));
    await this.closeBrowser();
    // A browser that is just being opened is closed as soon as it is open.
    await this.work;
    await this.closeBrowser();
  }

  /**
   * Takes the host over: refuses all former owners from now on, and reports the browser's state once the current action
   * has ended.
   */
  private async attach(peer: Peer, { key, attempt }: ComputerOwner): Promise<Answer> {
    if (this.key !== null && this.key !== key) throw failure('browser', 'this browser is of another session');
    if (attempt < this.ownerAttempt) {
      throw new Superseded(`attempt ${this.ownerAttempt} drives this browser, not attempt ${attempt}`);
    }
    this.key = key;
    this.owner = peer;
    this.ownerAttempt = attempt;
    this.request.lease.renew();
    this.request.onOwner(key, attempt);
    await this.work;
    this.check(peer);
    const standing: Standing = { alive: this.computer !== null, actions: this.actions, newest: this.newest };
    return { result: standing };
  }

  private check(peer: Peer): void {
    if (this.owner !== peer) throw new Superseded('another attempt drives this browser now');
  }

  private handle<Params, Result>(
    { name, params: schema }: Method<Params, Result>,
    handler: (params: Params) => Promise<{ readonly result: Result; readonly bytes?: Uint8Array }>,
  ): void {
    this.handlers.set(name, async (_peer, params) => handler(schema.parse(params)));
  }

  /** Like `handle`, after all earlier requests; a client that was superseded meanwhile is refused. */
  private inTurn<Params, Result>(
    { name, params: schema }: Method<Params, Result>,
    handler: (params: Params, bytes: Uint8Array) => Promise<{ readonly result: Result; readonly bytes?: Uint8Array }>,
  ): void {
    this.handlers.set(name, (peer, params, bytes) => {
      const answer = this.work.then(() => {
        this.check(peer);
        return handler(schema.parse(params), bytes);
      });
      this.work = answer.catch(() => undefined);
      return answer;
    });
  }

  private async perform(action: ComputerAction): Promise<void> {
    const browser = this.browser();
    this.actions += 1;
    this.newest = { state: 'uncertain' };
    try {
      // Not stopped when the client dies: a half-typed text would be worse than a complete one.
      await browser.perform(action, this.stop.signal);
      this.newest = { state: 'done' };
    } catch (error) {
      if (error instanceof ActionProblem) this.newest = { state: 'not_done', why: error.message };
      throw error;
    }
  }

  /** Called once a turn: replaces a browser that is due by a new one in the same state, and returns the reason. */
  private async refresh(): Promise<string | null> {
    const { recycle } = this.request;
    this.turns += 1;
    const hasGrown = this.residentBytes > recycle.residentBytes && this.turns > fewestTurns;
    const why = hasGrown
      ? `it had grown to ${Math.round(this.residentBytes / 2 ** 20)} MiB`
      : this.turns > recycle.turns
        ? `it had served ${recycle.turns} turns`
        : null;
    if (why === null || this.settings === null) return null;
    const browser = this.browser();
    const { finished, running } = await browser.downloads.list(0, this.stop.signal);
    // Downloads would be lost with the browser: it is replaced after they were fetched.
    if (finished.length + running.length > 0) return null;
    const state = await browser.state(this.stop.signal);
    this.collectNotes();
    await this.closeBrowser();
    this.computer = await this.openBrowser(this.settings, state);
    this.turns = 0;
    this.residentBytes = 0;
    this.notes.add('The browser was replaced by a new one on the same page. Text typed into fields may be gone.');
    return why;
  }

  private async openBrowser(settings: ComputerSettings, restore: BrowserState | null): Promise<Computer> {
    let opened: Computer | null = null;
    const onGone = (): void => {
      // A closed browser no longer counts as the host's browser.
      if (opened !== null && this.computer === opened) this.request.onEnd('its browser ended');
    };
    opened = await this.request.computers.open({ ...settings, onGone }, restore, this.stop.signal);
    return opened;
  }

  private async closeBrowser(): Promise<void> {
    const { computer } = this;
    this.computer = null;
    await computer?.close();
  }

  private browser(): Computer {
    if (this.computer === null) throw new Error('this browser host has no browser');
    return this.computer;
  }

  private collectNotes(): void {
    for (const note of this.computer?.takeNotes() ?? []) this.notes.add(note);
  }

  /** Null without a browser. */
  private url(): string | null {
    try {
      return this.computer?.url() ?? null;
    } catch {
      return null;
    }
  }
}
