/**
 * Implements the computer port over the tabs of one Chromium; every call has a time-out. `open-browser.ts` creates it.
 */
import { errors, type BrowserContext, type CDPSession, type Page } from 'playwright-core';
import { failure } from '../../failure.ts';
import type {
  BrowserState,
  Computer,
  ComputerDownloads,
  OfferedContent,
  PersonOnly,
  Screenshot,
  Sight,
  Target,
} from '../../ports.ts';
import { ActionProblem, type ComputerAction, type ToolAction } from '../actions.ts';
import { performOnPage, type BrowserLimits } from './input/actions.ts';
import { blankedPicture, showsSecrets, type SecretScreen } from './screen/blanking.ts';
import { bounded } from './screen/bounds.ts';
import { personOnlyFor } from './person.ts';
import { Frames } from './screen/frames.ts';
import { drawn, settle, type LastSight } from './screen/screen.ts';
import { typeParts } from './secrets.ts';
import { readState } from './state.ts';
import { readTarget } from './input/target.ts';
import { unanswered, type Watch } from './watch.ts';
import type { BoundSecret } from '../secrets/bound-secret.ts';
import { typedParts } from '../secrets/typed-secrets.ts';

/** When pages crash or hang this often, the session fails, and the next attempt begins with a new browser. */
const mostReopenings = 3;
/** An empty page needs no server, but a busy machine may be slow. */
const leastBlankMilliseconds = 10_000;

/** A form that an action has sent may leave only after it; nobody else waits for that at the end of a session. */
const lastFollowedMilliseconds = 5_000;

const nothingFollows = Promise.resolve(false);

/** A tab with its attached session. */
interface Attached {
  readonly page: Page;
  readonly cdp: CDPSession;
  readonly frames: Frames;
}

interface Parts {
  readonly context: BrowserContext;
  readonly watch: Watch;
  readonly downloads: ComputerDownloads;
  readonly limits: BrowserLimits;
  readonly secrets: readonly BoundSecret[];
  readonly close: () => Promise<void>;
}

export class PlaywrightComputer implements Computer {
  readonly close: () => Promise<void>;
  readonly downloads: ComputerDownloads;
  private readonly context: BrowserContext;
  private readonly watch: Watch;
  private readonly limits: BrowserLimits;
  private readonly secrets: readonly BoundSecret[];
  /** The last address of the driven tab. */
  private lastUrl: string;
  private reopenings = 0;
  /** When the newest action that may change the page began and ended. */
  private acted = { from: 0, to: 0 };
  /** What the newest action leads to, until it was waited for; true when a page or its data had to be. */
  private followed: Promise<boolean> = nothingFollows;
  private lastSight: LastSight | null = null;
  private attached: Attached | null = null;

  constructor({ context, watch, downloads, limits, secrets, close }: Parts, startUrl: string) {
    this.context = context;
    this.downloads = {
      read: (id, signal) => downloads.read(id, signal),
      drop: (id, signal) => downloads.drop(id, signal),
      list: async (waitMilliseconds, signal) => {
        await this.afterFollowed();
        return downloads.list(waitMilliseconds, signal);
      },
    };
    this.watch = watch;
    this.limits = limits;
    this.secrets = secrets;
    this.lastUrl = startUrl;
    this.close = async () => {
      await this.afterFollowed();
      await close();
      await watch.choosers.close();
    };
  }

  /** Opens the last address, in a new tab if there is none. A page that does not load is shown as it is, with a note. */
  async openPage(tab?: Page): Promise<Page> {
    const page = tab ?? (await bounded(this.context.newPage(), 'opening a tab'));
    try {
      await page.goto(this.lastUrl, { waitUntil: 'commit' });
      await this.watch.quiet(performance.now(), new AbortController().signal);
    } catch (error) {
      // A failed request is noted by the watcher; one without an answer does not fail.
      if (!(error instanceof errors.TimeoutError)) return page;
      this.watch.note(unanswered(this.lastUrl));
      // While the page is still being requested, Chromium answers no call about the tab.
      const timeout = Math.max(this.limits.navigationMilliseconds, leastBlankMilliseconds);
      await page.goto('about:blank', { waitUntil: 'commit', timeout }).catch(() => undefined);
    }
    return page;
  }

  async perform(action: ComputerAction, signal: AbortSignal): Promise<void> {
    await this.followed;
    if (action.type === 'choose_files') return this.watch.choosers.choose(action.files);
    const page = await this.page();
    const { cdp, frames } = await this.attach(page);
    await this.watch.choosers.settled(false, signal);
    if (action.type === 'screenshot' || action.type === 'wait') return this.act(page, action, signal);
    // Typing and moving the pointer do not navigate; if they do all the same, the next screenshot waits for it.
    const isQuick = action.type === 'type' || action.type === 'move';
    // The frame from before the action must come before the screenshot is asked for; but letters are not worth a frame each.
    if (isQuick) frames.stop();
    else frames.start();
    const from = performance.now();
    this.acted = { from, to: from };
    try {
      await this.act(page, action, signal);
    } catch (error) {
      if (signal.aborted || error instanceof ActionProblem) throw error;
      // An action may close or crash its tab: notes tell the model.
      if (this.isThere(page)) throw new ActionProblem(`it may have happened: ${firstLineOf(error)}`);
    } finally {
      this.acted = { from, to: performance.now() };
    }
    frames.start();
    this.follow(this.leadsTo(isQuick || !this.isThere(page) ? null : cdp, signal));
  }

  /** Waits for what the newest action leads to: a frame of the page, a file chooser, a page that loads. */
  private async leadsTo(cdp: CDPSession | null, signal: AbortSignal): Promise<boolean> {
    if (cdp !== null) await drawn(cdp, signal);
    await this.watch.choosers.settled(true, signal);
    const { from } = this.acted;
    if (this.watch.isQuiet(from)) return false;
    await this.watch.quiet(from, signal);
    return true;
  }

  /** The next call waits for it: meanwhile the worker records the action as done. */
  private follow(following: Promise<boolean>): void {
    const end = (): void => {
      if (this.followed === following) this.followed = nothingFollows;
    };
    this.followed = following;
    following.then(end, end);
  }

  /** Ends when what the newest action leads to is there, when that has failed, or after a limit. */
  private async afterFollowed(): Promise<void> {
    await bounded(this.followed, 'what an action leads to', lastFollowedMilliseconds).catch(() => undefined);
  }

  /** Text that names secrets is typed with their values, which only this layer knows. */
  private async act(page: Page, action: ToolAction, signal: AbortSignal): Promise<void> {
    const parts = action.type === 'type' ? typedParts(action.text, this.secrets) : [];
    if (parts.every(({ kind }) => kind === 'text')) return performOnPage(page, action, this.limits, signal);
    const type = (text: string): Promise<void> => performOnPage(page, { type: 'type', text }, this.limits, signal);
    const typing = typeParts({ context: this.context, page, cdp: (await this.attach(page)).cdp }, parts, type);
    await bounded(typing, 'typing a secret', this.limits.actionMilliseconds);
  }

  async describeTarget(action: ComputerAction, signal: AbortSignal): Promise<Target> {
    signal.throwIfAborted();
    await this.followed;
    const { cdp } = await this.attach(await this.page());
    return bounded(readTarget(cdp, action), 'reading the control', this.limits.actionMilliseconds);
  }

  async personOnly(action: ComputerAction, signal: AbortSignal): Promise<PersonOnly | null> {
    signal.throwIfAborted();
    await this.followed;
    const page = await this.page();
    const { cdp } = await this.attach(page);
    const driven = { context: this.context, page, cdp };
    return bounded(personOnlyFor(driven, action), 'reading the control', this.limits.actionMilliseconds);
  }

  async screenshot(signal: AbortSignal): Promise<Screenshot> {
    return (await this.look(signal, async () => null)).picture;
  }

  async sight(signal: AbortSignal): Promise<Sight> {
    const { picture, read: state } = await this.look(signal, () => this.stateOf());
    return { picture, state };
  }

  /** A screenshot of the settled page, and what is read of the page in the same state. */
  private async look<T>(signal: AbortSignal, read: () => Promise<T>): Promise<{ picture: Screenshot; read: T }> {
    signal.throwIfAborted();
    return this.seen(signal, async (screen) => {
      const settling = { acted: this.acted, followed: () => this.followed, before: this.lastSight };
      const inspect = (): Promise<[boolean, T]> => Promise.all([showsSecrets(screen, signal), read()]);
      const { picture, inspected } = await settle(screen, settling, inspect, signal);
      this.lastSight = { picture, url: screen.page.url() };
      // Requests that arrive while the screenshot is taken are reported with it.
      await this.watch.choosers.settled(false, signal);
      // A picture that shows secrets does not leave this class: it is taken again, with the secrets painted over.
      const [isSecret, found] = inspected;
      return { picture: isSecret ? await blankedPicture(screen, signal) : picture, read: found };
    });
  }

  url(): string {
    const page = this.watch.activePage();
    if (page !== null) this.lastUrl = page.url();
    return this.lastUrl;
  }

  async state(): Promise<BrowserState> {
    await this.followed;
    return this.stateOf();
  }

  private async stateOf(): Promise<BrowserState> {
    return bounded(readState(this.context, await this.page()), 'reading the state of the browser');
  }

  takeNotes(): readonly string[] {
    return this.watch.takeNotes();
  }

  putFile(file: OfferedContent): Promise<void> {
    return this.watch.choosers.put(file);
  }

  /** Looks at whichever tab is driven now: a tab may close, crash or stop answering meanwhile. */
  private async seen<T>(signal: AbortSignal, look: (screen: SecretScreen) => Promise<T>): Promise<T> {
    let missed: Page | null = null;
    for (;;) {
      const page = await this.page();
      try {
        const { context, watch, secrets } = this;
        const found = await look({ ...(await this.attach(page)), context, watch, secrets });
        if (this.isThere(page)) return found;
      } catch (error) {
        if (signal.aborted) throw error;
        if (!this.isThere(page)) continue;
        // One late answer may be due to a busy machine; a tab that hangs misses the next one as well.
        if (missed === page) this.watch.abandon(page);
        missed = page;
      }
    }
  }

  private isThere(page: Page): boolean {
    return page === this.watch.activePage() && !page.isClosed();
  }

  /** The driven tab; a new one when the last has closed. */
  private async page(): Promise<Page> {
    const page = this.watch.activePage();
    if (page !== null) {
      this.lastUrl = page.url();
      return page;
    }
    this.reopenings += 1;
    if (this.reopenings > mostReopenings || this.context.browser()?.isConnected() !== true) {
      throw failure('browser', 'the browser crashed, or its page crashed repeatedly');
    }
    this.watch.note(`No tab was left: ${this.lastUrl} was opened anew, and what was typed there is gone.`);
    return this.openPage();
  }

  private async attach(page: Page): Promise<Attached> {
    if (this.attached?.page !== page) {
      const cdp = await bounded(this.context.newCDPSession(page), 'attaching to the page');
      await bounded(cdp.send('Page.enable'), 'attaching to the page');
      const { frameTree } = await bounded(cdp.send('Page.getFrameTree'), 'attaching to the page');
      this.watch.announce(page, cdp, frameTree.frame.id);
      this.attached = { page, cdp, frames: new Frames(cdp) };
    }
    return this.attached;
  }
}

function firstLineOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}
