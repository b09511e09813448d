/** A computer without a browser: it counts what is done to it, and shows a screen that each action changes. */
import type {
  BrowserMark,
  ComputerDownloads,
  Download,
  BrowserState,
  LastingComputer,
  OfferedContent,
  PersonOnly,
  Target,
} from '../../../activities/ports.ts';
import { describeAction, type ComputerAction } from '../../../activities/computer-use/actions.ts';

export class FakeComputer implements LastingComputer {
  readonly performed: string[] = [];
  /** Names of the files that were made ready. */
  readonly files: string[] = [];
  /** What a page has downloaded, by id. */
  readonly downloaded = new Map<string, { readonly name: string; readonly content: Uint8Array }>();
  downloading: Download[] = [];
  /** Thrown by the next action. */
  failNext: Error | null = null;
  /** Whether actions change the screen. */
  frozen = false;
  notes: string[] = [];
  closed = false;
  /** To whom it was left, if it was. */
  left: 'worker' | 'person' | null = null;
  /** What is under the pointer. */
  target: Target = { words: '', presses: true };
  /** What the next action would be, if it is for a person alone. */
  forPerson: PersonOnly | null = null;
  private screen = 0;

  async perform(action: ComputerAction): Promise<void> {
    const error = this.failNext;
    this.failNext = null;
    if (error !== null) throw error;
    if (action.type === 'wait') return;
    this.performed.push(describeAction(action));
    if (!this.frozen) this.screen += 1;
  }

  async describeTarget(): Promise<Target> {
    return this.target;
  }

  async personOnly(): Promise<PersonOnly | null> {
    return this.forPerson;
  }

  async screenshot() {
    return { bytes: Buffer.from(`screen ${this.screen}`), mediaType: 'image/png' as const };
  }

  url(): string {
    return 'https://site.example/';
  }

  async state(): Promise<BrowserState> {
    return { url: this.url(), scroll: { x: 0, y: 0 }, cookies: [], origins: [], sessionStorage: null };
  }

  async sight() {
    return { picture: await this.screenshot(), state: await this.state() };
  }

  async putFile({ name }: OfferedContent): Promise<void> {
    this.files.push(name);
  }

  readonly downloads: ComputerDownloads = {
    list: async () => ({
      finished: [...this.downloaded].map(([id, { name, content }]) => ({ id, name, bytes: content.byteLength })),
      running: this.downloading,
    }),
    read: async (id) => this.downloaded.get(id)?.content ?? new Uint8Array(),
    drop: async (id) => void this.downloaded.delete(id),
  };

  takeNotes(): readonly string[] {
    const taken = this.notes;
    this.notes = [];
    return taken;
  }

  mark(): BrowserMark {
    return { host: 'fake-host', actions: this.performed.length, coldStart: true };
  }

  async refresh(): Promise<string | null> {
    return null;
  }

  async detach(to: 'worker' | 'person'): Promise<void> {
    this.left = to;
  }

  async close(): Promise<void> {
    this.closed = true;
  }
}
