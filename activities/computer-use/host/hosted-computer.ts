/** The computer port over a connection to a browser host. It renews the host's lease for as long as it is in use. */
import type {
  BrowserMark,
  BrowserState,
  ComputerDownloads,
  ComputerOwner,
  ComputerSettings,
  LastingComputer,
  OfferedContent,
  PersonOnly,
  Screenshot,
  Sight,
  Target,
} from '../../ports.ts';
import { Superseded } from '../../../store/jobs/ledger.ts';
import type { ComputerAction } from '../actions.ts';
import { connectToHost, type HostConnection } from './connection/connection.ts';
import { methods, type Standing, type Taken } from './connection/protocol.ts';

export interface HostedComputerRequest {
  readonly name: string;
  readonly socket: string;
  readonly owner: ComputerOwner;
  /** Whether the session had to wait for its browser to start. */
  readonly coldStart: boolean;
  readonly leaseMilliseconds: number;
  /** How long the browser is kept while a person is asked. */
  readonly personMilliseconds: number;
  readonly callMilliseconds: number;
  readonly onDenied: ComputerSettings['onDenied'];
  readonly signal: AbortSignal;
  /** Makes sure that nothing is left of the host after it was told to end. */
  readonly remove: () => Promise<void>;
}

/** Takes over the browser of a host. Throws `Superseded` when a later attempt has it. */
export async function attachTo(
  request: HostedComputerRequest,
): Promise<{ readonly computer: HostedComputer; readonly standing: Standing }> {
  const replies = new ReplyState(request.onDenied);
  const connection = await connectToHost(request.socket, {
    callMilliseconds: request.callMilliseconds,
    onReply: (reply) => replies.take(reply),
    taken: () => replies.taken,
  });
  try {
    const { result } = await connection.call(methods.attach, request.owner, request.signal);
    return { computer: new HostedComputer(request, connection, replies, result.actions), standing: result };
  } catch (error) {
    connection.close();
    throw error;
  }
}

export class HostedComputer implements LastingComputer {
  private readonly name: string;
  private readonly coldStart: boolean;
  private readonly personMilliseconds: number;
  private readonly remove: () => Promise<void>;
  private readonly connection: HostConnection;
  private readonly replies: ReplyState;
  private readonly timer: NodeJS.Timeout;
  private actions: number;

  constructor(request: HostedComputerRequest, connection: HostConnection, replies: ReplyState, actions: number) {
    this.name = request.name;
    this.coldStart = request.coldStart;
    this.personMilliseconds = request.personMilliseconds;
    this.remove = request.remove;
    this.connection = connection;
    this.replies = replies;
    this.actions = actions;
    // A model may think for minutes without a call to the host. If the host has died, the next call reports it.
    this.timer = setInterval(() => {
      connection.call(methods.renew, { milliseconds: null }).catch(() => undefined);
    }, request.leaseMilliseconds / 4);
  }

  async open(settings: ComputerSettings, restore: BrowserState | null, signal: AbortSignal): Promise<void> {
    const { width, height, startUrl, network, secrets, offersFiles = false } = settings;
    const opening = { width, height, startUrl, network, secrets, offersFiles, restore };
    await this.connection.call(methods.open, opening, signal);
  }

  mark(): BrowserMark {
    return { host: this.name, actions: this.actions, coldStart: this.coldStart };
  }

  async perform(action: ComputerAction, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.actions += 1;
    await this.connection.call(methods.perform, { action }, signal);
  }

  async describeTarget(action: ComputerAction, signal: AbortSignal): Promise<Target> {
    return (await this.connection.call(methods.describeTarget, { action }, signal)).result;
  }

  async personOnly(action: ComputerAction, signal: AbortSignal): Promise<PersonOnly | null> {
    return (await this.connection.call(methods.personOnly, { action }, signal)).result.kind;
  }

  async screenshot(signal: AbortSignal): Promise<Screenshot> {
    const { result, bytes } = await this.connection.call(methods.screenshot, {}, signal);
    return { bytes, mediaType: result.mediaType };
  }

  url(): string {
    return this.replies.url;
  }

  async state(signal: AbortSignal): Promise<BrowserState> {
    return (await this.connection.call(methods.state, {}, signal)).result;
  }

  async sight(signal: AbortSignal): Promise<Sight> {
    const { result, bytes } = await this.connection.call(methods.sight, {}, signal);
    return { picture: { bytes, mediaType: result.mediaType }, state: result.state };
  }

  async putFile({ name, content }: OfferedContent, signal: AbortSignal): Promise<void> {
    await this.connection.call(methods.putFile, { name }, signal, content);
  }

  get downloads(): ComputerDownloads {
    const { connection } = this;
    return {
      list: async (waitMilliseconds, signal) =>
        (await connection.call(methods.downloads, { waitMilliseconds }, signal)).result,
      read: async (id, signal) => (await connection.call(methods.readDownload, { id }, signal)).bytes,
      drop: async (id, signal) => {
        await connection.call(methods.dropDownload, { id }, signal);
      },
    };
  }

  async refresh(signal: AbortSignal): Promise<string | null> {
    return (await this.connection.call(methods.refresh, {}, signal)).result.why;
  }

  takeNotes(): readonly string[] {
    return this.replies.takeNotes();
  }

  async detach(to: 'worker' | 'person'): Promise<void> {
    clearInterval(this.timer);
    const milliseconds = to === 'person' ? this.personMilliseconds : null;
    // Renewed once more, so that the next owner has the full lease.
    await this.connection.call(methods.renew, { milliseconds }).catch(() => undefined);
    this.connection.close();
  }

  /** Lets go of a host that is of no use, without a word to it. */
  abandon(): void {
    clearInterval(this.timer);
    this.connection.close();
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    const superseded = await this.connection.call(methods.end, {}).then(
      () => false,
      (error: unknown) => error instanceof Superseded,
    );
    this.connection.close();
    // A superseded owner must not end the host.
    if (!superseded) await this.remove();
  }
}

/**
 * Additional data that replies carry. A note is acknowledged when the loop has taken it, a denial when it was reported.
 */
class ReplyState {
  url = 'about:blank';
  private readonly onDenied: ComputerSettings['onDenied'];
  private notes: { readonly number: number; readonly item: string }[] = [];
  private received = { notes: 0, denials: 0 };
  private takenNotes = 0;

  constructor(onDenied: ComputerSettings['onDenied']) {
    this.onDenied = onDenied;
  }

  get taken(): Taken {
    return { notes: this.takenNotes, denials: this.received.denials };
  }

  take(reply: {
    readonly url: string | null;
    readonly notes: readonly { readonly number: number; readonly item: string }[];
    readonly denials: readonly { readonly number: number; readonly item: { target: string; reason: string } }[];
  }): void {
    this.url = reply.url ?? this.url;
    for (const note of reply.notes) {
      if (note.number <= this.received.notes) continue;
      this.received.notes = note.number;
      this.notes.push(note);
    }
    for (const { number, item } of reply.denials) {
      if (number <= this.received.denials) continue;
      this.received.denials = number;
      this.onDenied(item);
    }
  }

  takeNotes(): readonly string[] {
    const taken = this.notes;
    this.notes = [];
    this.takenNotes = this.received.notes;
    return taken.map(({ item }) => item);
  }
}
