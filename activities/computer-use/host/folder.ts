/**
 * Removes a host with everything that belongs to it: the process, its browser, and its folder with the browser's
 * profile.
 */
import { readdir, readlink, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findProcess, killProcess, listProcesses, machineName } from './processes.ts';
import { readRecord, type HostRecord } from './record.ts';

/** How long a host may take to close its browser after it was told to end. */
const endMilliseconds = 8_000;
const pollMilliseconds = 25;

/**
 * Ends a host's process: in order, and by force if that fails. Does nothing when the process is not the one in the
 * record.
 */
export async function endHostProcess(record: HostRecord): Promise<void> {
  if (record.machine !== (await machineName())) return;
  if (!(await killProcess(record, 'SIGTERM'))) return;
  if (await hasEnded(record, endMilliseconds)) return;
  await killProcess(record, 'SIGKILL');
  await hasEnded(record, endMilliseconds);
}

/** Waits until a host's process has ended, and returns whether it has. */
export async function hasEnded({ pid, started }: HostRecord, milliseconds: number): Promise<boolean> {
  const until = performance.now() + milliseconds;
  for (;;) {
    if ((await findProcess(pid))?.started !== started) return true;
    if (performance.now() > until) return false;
    await delay(pollMilliseconds);
  }
}

/**
 * Removes what a dead host left behind: browser processes, which name the host's folder on their command line, and the
 * folder.
 */
export async function removeHostFolder(folder: string): Promise<void> {
  const record = await readRecord(folder);
  const left = (await listProcesses()).filter(({ command }) => command.includes(`=${folder}/`));
  for (const process of left) await killProcess(process, 'SIGKILL');
  if (record !== null) await rm(record.socket, { force: true });
  await removeSingletons(folder);
  // A browser that is just dying may still write to its profile.
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

/** Chromium keeps another folder outside its profile; a link in the profile leads to it. */
async function removeSingletons(folder: string): Promise<void> {
  const temporary = join(folder, 'tmp');
  for (const profile of await readdir(temporary).catch(() => [])) {
    const target = await readlink(join(temporary, profile, 'SingletonSocket')).catch(() => null);
    if (target === null || !/^\.?org\.chromium\./.test(basename(dirname(target)))) continue;
    await rm(dirname(target), { recursive: true, force: true });
  }
}
