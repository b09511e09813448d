/** Faults from outside the worker: the browsers and their hosts are killed. */
import { join } from 'node:path';
import { killProcess, listProcesses, treeOf } from '../../activities/computer-use/host/processes.ts';
import { hostNames, readRecord } from '../../activities/computer-use/host/record.ts';

/** Kills every process that a host has started, but not the host. */
export async function killBrowsers(hostsFolder: string): Promise<void> {
  for (const pid of await hostPids(hostsFolder)) {
    const tree = treeOf(pid, await listProcesses());
    for (const process of tree) if (process.pid !== pid) await killProcess(process, 'SIGKILL');
  }
}

/** Kills only the hosts, to see what becomes of their browsers. */
export async function killHosts(hostsFolder: string): Promise<void> {
  const pids = await hostPids(hostsFolder);
  for (const process of await listProcesses()) if (pids.includes(process.pid)) await killProcess(process, 'SIGKILL');
}

/** Processes that still run and name the hosts' folder on their command line. */
export async function orphans(hostsFolder: string): Promise<readonly string[]> {
  return (await listProcesses()).flatMap(({ command }) => (command.includes(hostsFolder) ? [command] : []));
}

async function hostPids(hostsFolder: string): Promise<readonly number[]> {
  const records = await Promise.all((await hostNames(hostsFolder)).map((name) => readRecord(join(hostsFolder, name))));
  return records.flatMap((record) => (record === null ? [] : [record.pid]));
}
