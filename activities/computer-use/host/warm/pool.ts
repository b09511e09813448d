/**
 * Keeps browsers warm: hosts whose browser runs, with an empty tab and no way to the network, until a session takes one. A
 * host is given out once and ends with its session, so no two sessions ever share a browser.
 */
import type { Display } from '../../playwright/prepared-browser.ts';
import type { Leash } from '../leash.ts';

export interface WarmHost {
  readonly name: string;
  readonly display: Display;
  readonly leash: Leash;
}

/** Where sessions find warm hosts. */
export interface WarmHosts {
  /** A host that no other session gets, if possible with a tab of this size; null when none is warm. */
  take(display: Display): WarmHost | null;
}

export interface WarmPoolRequest {
  /** The most hosts that wait. */
  readonly size: number;
  readonly start: (display: Display) => Promise<WarmHost>;
  /** Ends a host, and removes what is left of it. */
  readonly remove: (name: string) => Promise<void>;
  /** Whether the memory suffices for one more, or at least for those that there are. */
  readonly room: () => 'for_more' | 'for_these' | 'too_little';
  readonly isIdle: () => boolean;
}

export interface WarmPoolWatcher {
  readonly count: (counts: { readonly warm: number; readonly starting: number }) => void;
  readonly onProblem: (error: unknown) => void;
}

const tickMilliseconds = 1_000;
/** A browser that has waited longer is replaced. */
const greatestAgeMilliseconds = 30 * 60_000;
/** The most ticks that a start waits for an idle machine; after failed starts, the most ticks until the next. */
const mostBusyTicks = 5;
const mostFailureTicks = 60;
/** The size that steps have unless their definition names another. */
const usualDisplay: Display = { width: 1024, height: 768 };

interface Waiting extends WarmHost {
  readonly since: number;
}

export class WarmPool implements WarmHosts {
  private readonly request: WarmPoolRequest;
  /** The one that has waited longest comes first. */
  private readonly waiting: Waiting[] = [];
  private readonly removals = new Set<Promise<void>>();
  private timer: NodeJS.Timeout | undefined;
  private starting: Promise<void> | null = null;
  private stopped = false;
  /** The newest session's, which the next one probably has as well. */
  private display = usualDisplay;
  private busyTicks = 0;
  private failures = 0;
  private ticksToWait = 0;

  constructor(request: WarmPoolRequest) {
    this.request = request;
  }

  /** Fills the pool, one host at a time, and keeps it filled. */
  start(watcher: WarmPoolWatcher): void {
    this.timer = setInterval(() => this.tick(watcher), tickMilliseconds);
    this.timer.unref();
  }

  take(display: Display): WarmHost | null {
    this.display = display;
    const fitting = this.waiting.findIndex((host) => isSame(host.display, display));
    return this.waiting.splice(Math.max(fitting, 0), 1)[0] ?? null;
  }

  /** Ends all hosts that wait. */
  async close(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    await this.starting;
    for (const host of this.waiting.splice(0)) this.remove(host);
    await Promise.all(this.removals);
  }

  private tick(watcher: WarmPoolWatcher): void {
    this.removeUnwanted();
    for (const { leash } of this.waiting) leash.renew();
    if (this.mayStart()) this.starting = this.add(watcher).finally(() => (this.starting = null));
    watcher.count({ warm: this.waiting.length, starting: this.starting === null ? 0 : 1 });
  }

  /** One at most, because memory that is freed is not seen at once. */
  private removeUnwanted(): void {
    const [oldest] = this.waiting;
    if (oldest === undefined) return;
    const isOld = performance.now() - oldest.since > greatestAgeMilliseconds;
    if (!isOld && this.request.room() !== 'too_little') return;
    this.waiting.shift();
    this.remove(oldest);
  }

  private mayStart(): boolean {
    const { size, room, isIdle } = this.request;
    const idle = isIdle();
    if (this.starting !== null || this.waiting.length >= size || room() !== 'for_more') return false;
    if (this.ticksToWait > 0) {
      this.ticksToWait -= 1;
      return false;
    }
    this.busyTicks = idle ? 0 : this.busyTicks + 1;
    if (this.busyTicks > 0 && this.busyTicks < mostBusyTicks) return false;
    this.busyTicks = 0;
    return true;
  }

  private async add({ onProblem }: WarmPoolWatcher): Promise<void> {
    try {
      const host = await this.request.start(this.display);
      this.failures = 0;
      if (this.stopped) return this.remove(host);
      const waiting = { ...host, since: performance.now() };
      this.waiting.push(waiting);
      void host.leash.gone.then(() => this.forget(waiting));
    } catch (error) {
      this.failures += 1;
      this.ticksToWait = Math.min(2 ** this.failures, mostFailureTicks);
      onProblem(error);
    }
  }

  /** A host that ended while it waited. */
  private forget(host: Waiting): void {
    const index = this.waiting.indexOf(host);
    if (index === -1) return;
    this.waiting.splice(index, 1);
    this.remove(host);
  }

  private remove({ name, leash }: WarmHost): void {
    leash.release();
    // What cannot be removed now is swept when a worker starts.
    const removal = this.request.remove(name).catch(() => undefined);
    this.removals.add(removal);
    void removal.then(() => this.removals.delete(removal));
  }
}

function isSame(one: Display, other: Display): boolean {
  return one.width === other.width && one.height === other.height;
}
