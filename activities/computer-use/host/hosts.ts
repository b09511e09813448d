/**
 * The browsers of this machine's sessions, each in a host process of its own: opened anew, or taken over from an
 * earlier attempt.
 */
import { join, resolve } from 'node:path';
import { Superseded } from '../../../store/jobs/ledger.ts';
import type { ComputerHosts, ComputerOwner, ComputerSettings } from '../../ports.ts';
import type { ChromiumSettings } from '../../chromium/launch.ts';
import { endHostProcess, removeHostFolder } from './folder.ts';
import { attachTo } from './hosted-computer.ts';
import { hostNamesOf, newHostName, readRecord, type HostOptions } from './record.ts';
import { spawnHost } from './spawn.ts';
import { watchRunProcess } from '../../runs/run-meter.ts';

export interface HostsSettings extends Pick<HostOptions, 'leaseMilliseconds' | 'limits' | 'recycle'> {
  /** Contains a folder for each host: its record, its socket, its log and its browser's profile. */
  readonly hostsFolder: string;
  readonly chromium: ChromiumSettings;
  /** How long a browser is kept while a person is asked. */
  readonly personMilliseconds: number;
}

/** Longer than the limits of a call's parts: reached only when the host itself hangs. */
const patienceMilliseconds = 90_000;

export function createComputerHosts(settings: HostsSettings): ComputerHosts {
  const { chromium, limits, leaseMilliseconds, personMilliseconds, recycle } = settings;
  const hostsFolder = resolve(settings.hostsFolder);
  const callMilliseconds = limits.navigationMilliseconds + limits.actionMilliseconds + patienceMilliseconds;

  const removerOf = (folder: string) => async (): Promise<void> => {
    const record = await readRecord(folder);
    if (record !== null) await endHostProcess(record);
    await removeHostFolder(folder);
  };
  /** Null when the host does not answer; what is left of it is removed then. */
  const attach = async (
    name: string,
    { attempt }: ComputerOwner,
    onDenied: ComputerSettings['onDenied'],
    signal: AbortSignal,
  ): Promise<Awaited<ReturnType<typeof attachTo>> | null> => {
    const folder = join(hostsFolder, name);
    const remove = removerOf(folder);
    try {
      const record = await readRecord(folder);
      if (record === null) throw new Error('it has no record');
      const { socket, pid } = record;
      watchRunProcess(pid);
      const times = { leaseMilliseconds, personMilliseconds, callMilliseconds };
      return await attachTo({ name, socket, attempt, ...times, onDenied, signal, remove });
    } catch (error) {
      if (error instanceof Superseded || signal.aborted) throw error;
      await remove();
      return null;
    }
  };

  return {
    async open(owner, computerSettings, restore, signal) {
      const { key } = owner;
      const { onDenied } = computerSettings;
      for (const former of await hostNamesOf(hostsFolder, key)) {
        await (await attach(former, owner, onDenied, signal))?.computer.close();
      }
      const name = newHostName(key);
      const folder = join(hostsFolder, name);
      const options = {
        ...chromium,
        executablePath: chromium.executablePath ?? null,
        fontconfigFile: chromium.fontconfigFile ?? null,
      };
      try {
        await spawnHost({ folder, key, leaseMilliseconds, limits, recycle, chromium: options });
        const attached = await attach(name, owner, onDenied, signal);
        if (attached === null) throw new Error('the browser host ended as soon as it was there');
        await attached.computer.open(computerSettings, restore, signal);
        return attached.computer;
      } catch (error) {
        await removerOf(folder)();
        throw error;
      }
    },
    async reattach(owner, mark, onDenied, signal) {
      const attached = await attach(mark.host, owner, onDenied, signal);
      if (attached === null) return null;
      const { standing, computer } = attached;
      if (standing.alive && standing.actions >= mark.actions) return attached;
      await computer.close();
      return null;
    },
  };
}
