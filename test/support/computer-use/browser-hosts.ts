/** Browser hosts with a real Chromium in a folder of a test's own; nothing of them is left when the test is over. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { endHostProcess, removeHostFolder } from '../../../activities/computer-use/host/folder.ts';
import type { HostsSettings } from '../../../activities/computer-use/host/hosts.ts';
import { hostNames, readRecord } from '../../../activities/computer-use/host/record.ts';
import type { ComputerSettings } from '../../../activities/ports.ts';
import { chromium } from './chromium-computer.ts';

export const hostLimits = { navigationMilliseconds: 10_000, actionMilliseconds: 10_000 };

export async function temporaryHosts(
  settings: Partial<Pick<HostsSettings, 'leaseMilliseconds' | 'recycle'>> = {},
): Promise<HostsSettings> {
  const hostsFolder = await mkdtemp(join(tmpdir(), 'lodestone-hosts-'));
  onTestFinished(async () => {
    for (const name of await hostNames(hostsFolder)) {
      const record = await readRecord(join(hostsFolder, name));
      if (record !== null) await endHostProcess(record);
      await removeHostFolder(join(hostsFolder, name));
    }
    await rm(hostsFolder, { recursive: true, force: true });
  });
  const recycle = { turns: 1_000, residentBytes: 8 * 2 ** 30 };
  const lengths = { leaseMilliseconds: 30_000, personMilliseconds: 60_000 };
  return { hostsFolder, chromium, limits: hostLimits, ...lengths, recycle, ...settings };
}

/** A page that may load from its own site only. */
export function onSite(origin: string, onDenied: ComputerSettings['onDenied'] = () => undefined): ComputerSettings {
  const network = { navigate: [origin], load: 'listed' as const, allowPrivateOrigins: [origin] };
  return { width: 800, height: 600, startUrl: origin, network, secrets: [], onDenied };
}
