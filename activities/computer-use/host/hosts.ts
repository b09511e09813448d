/**
 * The browsers of this machine's sessions, each in a host process of its own: taken warm from the pool, opened anew, or
 * taken over from an earlier attempt.
 */
import { join, resolve } from 'node:path';
import { Superseded } from '../../../store/jobs/ledger.ts';
import type { BrowserState, ComputerHosts, ComputerOwner, ComputerSettings } from '../../ports.ts';
import type { ChromiumSettings } from '../../chromium/launch.ts';
import { BrowserNotReady } from '../playwright/not-ready.ts';
import type { Display } from '../playwright/prepared-browser.ts';
import { endHostProcess, removeHostFolder } from './folder.ts';
import { attachTo, type HostedComputer } from './hosted-computer.ts';
import type { Leash } from './leash.ts';
import { hostNamesOf, newHostName, readRecord, type HostOptions } from './record.ts';
import { spawnHost } from './spawn.ts';
import { watchRunProcess } from '../../runs/run-meter.ts';
import type { WarmHost, WarmHosts } from './warm/pool.ts';

export interface HostsSettings extends Pick<HostOptions, 'leaseMilliseconds' | 'limits' | 'recycle'> {
  /** Contains a folder for each host: its record, its socket, its log and its browser's profile. */
  readonly hostsFolder: string;
  readonly chromium: ChromiumSettings;
  /** Keeps the compiled code of hosts, so that the next ones start faster. */
  readonly codeFolder?: string;
  /** How long a browser is kept while a person is asked. */
  readonly personMilliseconds: number;
}

/** Longer than the limits of a call's parts: reached only when the host itself hangs. */
const patienceMilliseconds = 90_000;
/** A warm host that does not answer within this time is not used. */
const warmAttachMilliseconds = 3_000;

const noWarmHosts: WarmHosts = { take: () => null };

export interface MachineHosts extends ComputerHosts {
  /** Resolves when nothing is left of the hosts that were told to end. */
  settled(): Promise<void>;
}

export function createComputerHosts(settings: HostsSettings, warmHosts: WarmHosts = noWarmHosts): MachineHosts {
  const { limits, leaseMilliseconds, personMilliseconds } = settings;
  const hostsFolder = resolve(settings.hostsFolder);
  const callMilliseconds = limits.navigationMilliseconds + limits.actionMilliseconds + patienceMilliseconds;

  const remove = (name: string): Promise<void> => removeHost(hostsFolder, name);
  const endings = new Set<Promise<void>>();
  /** A step whose work is done does not wait until its browser has ended. */
  const removeLater = async (name: string): Promise<void> => {
    // What cannot be removed now is swept when a worker starts.
    const ending = remove(name).catch(() => undefined);
    endings.add(ending);
    void ending.then(() => endings.delete(ending));
  };
  /** Null when the host does not answer; what is left of it is removed then. */
  const attach = async (
    { name, coldStart }: { readonly name: string; readonly coldStart: boolean },
    owner: ComputerOwner,
    onDenied: ComputerSettings['onDenied'],
    signal: AbortSignal,
  ): Promise<Awaited<ReturnType<typeof attachTo>> | null> => {
    try {
      const record = await readRecord(join(hostsFolder, name));
      if (record === null) throw new Error('it has no record');
      const { socket, pid } = record;
      watchRunProcess(pid);
      const times = { leaseMilliseconds, personMilliseconds, callMilliseconds };
      const place = { name, socket, owner, coldStart, remove: () => removeLater(name) };
      return await attachTo({ ...place, ...times, onDenied, signal });
    } catch (error) {
      if (error instanceof Superseded || signal.aborted) throw error;
      await remove(name);
      return null;
    }
  };

  interface Opening {
    readonly owner: ComputerOwner;
    readonly settings: ComputerSettings;
    readonly restore: BrowserState | null;
    readonly signal: AbortSignal;
  }
  const openIn = async (
    { name, leash, coldStart }: { readonly name: string; readonly leash: Leash; readonly coldStart: boolean },
    opening: Opening,
  ): Promise<HostedComputer> => {
    const { owner, restore, signal } = opening;
    let computer: HostedComputer | null = null;
    try {
      const inTime = AbortSignal.any([signal, ...(coldStart ? [] : [AbortSignal.timeout(warmAttachMilliseconds)])]);
      const attaching = attach({ name, coldStart }, owner, opening.settings.onDenied, inTime);
      const attached = await attaching.catch((error: unknown) => {
        if (signal.aborted || !inTime.aborted) throw error;
        throw new BrowserNotReady('the browser host did not answer in time', { cause: error });
      });
      if (attached === null) throw new BrowserNotReady('the browser host ended as soon as it was there');
      ({ computer } = attached);
      leash.release();
      await computer.open(opening.settings, restore, signal);
      return computer;
    } catch (error) {
      computer?.abandon();
      leash.release();
      // A session that goes on with another browser does not wait until this one has ended.
      await (coldStart ? remove(name) : removeLater(name));
      throw error;
    }
  };
  /**
   * Null when the warm browser turns out to be of no use. Any other failure is the session's own: it would use up one browser
   * after the other.
   */
  const openWarm = async (host: WarmHost, opening: Opening): Promise<HostedComputer | null> => {
    try {
      return await openIn({ ...host, coldStart: false }, opening);
    } catch (error) {
      if (opening.signal.aborted || !(error instanceof BrowserNotReady)) throw error;
      return null;
    }
  };

  return {
    async settled() {
      await Promise.all(endings);
    },
    async open(owner, computerSettings, restore, signal) {
      const { key } = owner;
      for (const former of await hostNamesOf(hostsFolder, key)) {
        const found = await attach({ name: former, coldStart: true }, owner, computerSettings.onDenied, signal);
        await found?.computer.close();
      }
      const opening = { owner, settings: computerSettings, restore, signal };
      const warm = warmHosts.take(computerSettings);
      const warmed = warm === null ? null : await openWarm(warm, opening);
      if (warmed !== null) return warmed;
      const name = newHostName(key);
      const { width, height } = computerSettings;
      const display = restore === null ? { width, height } : null;
      const options = optionsOf(settings, { name, key, display });
      const leash = await spawnHost(options, settings.codeFolder).catch(async (error: unknown) => {
        await remove(name);
        throw error;
      });
      return openIn({ name, leash, coldStart: true }, opening);
    },
    async reattach(owner, mark, onDenied, signal) {
      const attached = await attach({ name: mark.host, coldStart: mark.coldStart }, owner, onDenied, signal);
      if (attached === null) return null;
      const { standing, computer } = attached;
      if (standing.alive && standing.actions >= mark.actions) return attached;
      await computer.close();
      return null;
    },
  };
}

/** Starts a host that waits for its session. */
export async function startWarmHost(settings: HostsSettings, display: Display): Promise<WarmHost> {
  const name = newHostName(null);
  try {
    const leash = await spawnHost(optionsOf(settings, { name, key: null, display }), settings.codeFolder);
    return { name, display, leash };
  } catch (error) {
    await removeHost(settings.hostsFolder, name);
    throw error;
  }
}

/** Ends a host, and removes what is left of it. */
export async function removeHost(hostsFolder: string, name: string): Promise<void> {
  const folder = join(resolve(hostsFolder), name);
  const record = await readRecord(folder);
  if (record !== null) await endHostProcess(record);
  await removeHostFolder(folder);
}

function optionsOf(
  { hostsFolder, chromium, leaseMilliseconds, limits, recycle }: HostsSettings,
  { name, key, display }: { readonly name: string } & Pick<HostOptions, 'key' | 'display'>,
): HostOptions {
  return {
    folder: join(resolve(hostsFolder), name),
    key,
    display,
    leaseMilliseconds,
    limits,
    recycle,
    chromium: {
      ...chromium,
      executablePath: chromium.executablePath ?? null,
      fontconfigFile: chromium.fontconfigFile ?? null,
    },
  };
}
