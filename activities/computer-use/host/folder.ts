/** Removes a host with all that is its own: the process, its browser, and its folder with the browser's profile. */
import { readdir, readlink, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findProcess, killProcess, listProcesses, machineName } from './processes.ts';
import { readRecord, type HostRecord } from './record.ts';

/** How long a host that was told to end may take for closing its browser. */
const endMilliseconds = 8_000;
const pollMilliseconds = 25;

/** Ends a host's process: in order, else by force. Does nothing when it is not the process of the record. */
export async function endHostProcess(record: HostRecord): Promise<void> {
  if (record.machine !== (await machineName())) return;
  if (!(await killProcess(record, 'SIGTERM'))) return;
  if (await hasEnded(record, endMilliseconds)) return;
  await killProcess(record, 'SIGKILL');
  await hasEnded(record, endMilliseconds);
}

/** Waits until a host's process is no more, and tells whether it is so. */
export async function hasEnded({ pid, started }: HostRecord, milliseconds: number): Promise<boolean> {
  const until = performance.now() + milliseconds;
  for (;;) {
    if ((await findProcess(pid))?.started !== started) return true;
    if (performance.now() > until) return false;
    await delay(pollMilliseconds);
  }
}

/** Removes what a host that is dead left behind: browser processes, which name the folder they live in, and the folder. */
export async function removeHostFolder(folder: string): Promise<void> {
  const record = await readRecord(folder);
  const left = (await listProcesses()).filter(({ command }) => command.includes(`=${folder}/`));
  for (const process of left) await killProcess(process, 'SIGKILL');
  if (record !== null) await rm(record.socket, { force: true });
  await removeSingletons(folder);
  // A browser that is just dying may still write to its profile.
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

/** Chromium keeps a folder of its own outside of its profile, where a link of the profile leads. */
async function removeSingletons(folder: string): Promise<void> {
  const temporary = join(folder, 'tmp');
  for (const profile of await readdir(temporary).catch(() => [])) {
    const target = await readlink(join(temporary, profile, 'SingletonSocket')).catch(() => null);
    if (target === null || !/^\.?org\.chromium\./.test(basename(dirname(target)))) continue;
    await rm(dirname(target), { recursive: true, force: true });
  }
}
