/**
 * One part of the installation: a supervised process. It is started again, after a wait, when it dies or no longer
 * answers, and given up when it refuses its settings or dies repeatedly.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Child } from '../child.ts';
import { usualPace, type Pace, type Question } from './health.ts';
import { lifeOf, notStarted, type Death } from './life.ts';
import { afterDeath, lastDeath, windowMilliseconds } from './policy.ts';
import { untilFree, type Address } from './ports.ts';
import type { OnChange, PartReport } from './report.ts';

export interface PartRequest {
  readonly name: string;
  /** Starts its process. */
  readonly spawn: () => Child;
  /** The addresses where it listens: they must be free before it is started again. */
  readonly addresses?: readonly Address[];
  /** A check in addition to the event loop of its process. */
  readonly answers?: Question;
  readonly onChange: OnChange;
  /** Shorter in tests. */
  readonly pace?: Pace;
  readonly waitScale?: number;
}

/** Given up because the part would refuse its settings again. */
export class SettingsRefused extends Error {
  override readonly name = 'SettingsRefused';
}

/** Wait between two starts while Temporal is away. */
const awayWait = 5_000;
const minutes = windowMilliseconds / 60_000;

export class Part {
  readonly name: string;
  readonly #request: PartRequest;
  readonly #stopping = new AbortController();
  readonly #started = Promise.withResolvers<void>();
  readonly #givenUp = Promise.withResolvers<never>();
  readonly #over: Promise<void>;
  #child: Child | null = null;
  #wasUp = false;
  #deaths: readonly number[] = [];
  #report: PartReport;

  /** Starts the part, and supervises it from then on. */
  constructor(request: PartRequest) {
    this.name = request.name;
    this.#request = request;
    this.#report = { name: request.name, state: 'starting', restarts: 0, lastDeath: null };
    for (const { promise } of [this.#started, this.#givenUp]) promise.catch(() => undefined);
    request.onChange(this.#report, null);
    this.#over = this.#keepUp();
  }

  /** The id of its current or last process. */
  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  get report(): PartReport {
    return this.#report;
  }

  /** Resolves when it is up for the first time. Rejects when that fails, or when it is stopped before. */
  get started(): Promise<void> {
    return this.#started.promise;
  }

  /** Rejects with a sentence when it is given up. */
  get givenUp(): Promise<never> {
    return this.#givenUp.promise;
  }

  /** Stops it in order; it is not started again. */
  stop(): Promise<void> {
    return this.#end((child) => child.stop());
  }

  /** Kills its process at once (SIGKILL); it is not started again. */
  end(): Promise<void> {
    return this.#end((child) => child.kill());
  }

  async #end(how: (child: Child) => Promise<void>): Promise<void> {
    this.#stopping.abort();
    this.#started.reject(new Error(`${this.name} was stopped`));
    if (this.#child !== null) await how(this.#child);
    await this.#over;
    if (this.#report.state !== 'given_up') this.#change({ state: 'stopped' });
  }

  async #keepUp(): Promise<void> {
    const { signal } = this.#stopping;
    for (;;) {
      const death = await this.#live();
      if (signal.aborted) return;
      const wait = this.#judge(death);
      if (wait === null) return;
      const waited = delay(wait * (this.#request.waitScale ?? 1), true, { signal });
      if (!(await waited.catch(() => false))) return;
      this.#change({ state: 'starting', restarts: this.#report.restarts + 1 });
    }
  }

  /** One life of its process, until its death. */
  async #live(): Promise<Death> {
    const { spawn, addresses = [], answers, pace = usualPace } = this.#request;
    try {
      if (this.#child !== null) await untilFree(addresses, this.#stopping.signal);
      this.#stopping.signal.throwIfAborted();
      this.#child = spawn();
    } catch (error) {
      return notStarted(error);
    }
    const onReady = (): void => {
      this.#wasUp = true;
      this.#change({ state: 'running' }, this.#report.restarts === 0 ? null : `${this.name} is up again`);
      this.#started.resolve();
    };
    return lifeOf(this.#child, { pace, answers, onReady });
  }

  /** The reaction to a death: milliseconds until it is started again, or null when it is given up. */
  #judge({ kind, reason, output }: Death): number | null {
    const now = new Date();
    this.#change({ lastDeath: { at: now.toISOString(), reason } });
    const said = output.trim();
    const ending = said === '' ? '' : `\n${said}`;
    if (kind === 'refused_settings')
      return this.#giveUp(new SettingsRefused(`${this.name} refuses its settings${ending}`));
    // The user who starts the installation is present and can fix what prevents a part's first start.
    if (kind !== 'by_signal' && !this.#wasUp)
      return this.#giveUp(new Error(`${this.name} ${reason} before it was ready${ending}`));
    // Not the part's fault, and no reason to give it up: Temporal may be away for any time.
    if (kind === 'without_temporal') {
      this.#change(
        { state: 'waiting' },
        `${this.name} ${reason}; it is started again in ${awayWait / 1000} s${ending}`,
      );
      return awayWait;
    }
    const { deaths, wait } = afterDeath(this.#deaths, now.getTime());
    this.#deaths = deaths;
    if (wait === null) {
      const sentence = `${this.name} ${reason}, and is given up: it died ${lastDeath} times within ${minutes} minutes`;
      return this.#giveUp(new Error(`${sentence}${ending}`));
    }
    const count = `death ${deaths.length} of ${lastDeath - 1} that are borne within ${minutes} minutes`;
    this.#change(
      { state: 'waiting' },
      `${this.name} ${reason}; it is started again in ${wait / 1000} s (${count})${lastLines(ending)}`,
    );
    return wait;
  }

  #giveUp(error: Error): null {
    // The owner of the part reports the reason, once.
    this.#change({ state: 'given_up' });
    this.#started.reject(error);
    this.#givenUp.reject(error);
    return null;
  }

  #change(changed: Partial<PartReport>, sentence: string | null = null): void {
    this.#report = { ...this.#report, ...changed };
    this.#request.onChange(this.#report, sentence);
  }
}

/** Enough to see what it was doing; its log may be long. */
function lastLines(output: string): string {
  const lines = output.split('\n');
  return lines.length <= 12 ? output : ['', ...lines.slice(-10)].join('\n');
}
