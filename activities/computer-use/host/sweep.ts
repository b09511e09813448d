/**
 * At a worker's start: ends hosts that outlived their lease because they hang, and removes what dead hosts left behind.
 * A host within its lease is left alone, whoever started it.
 */
import { stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import { endHostProcess, removeHostFolder } from './folder.ts';
import { findProcess, listProcesses, machineName } from './processes.ts';
import { hostNames, readRecord, type HostRecord } from './record.ts';

/** How long a folder without a record is left alone: a host that is just starting has none yet. */
const startMilliseconds = 60_000;

/** Returns the names of the hosts that were removed. */
export async function sweepHosts(hostsFolder: string): Promise<readonly string[]> {
  const root = resolve(hostsFolder);
  const machine = await machineName();
  const removed: string[] = [];
  for (const name of await namesIn(root)) {
    const folder = join(root, name);
    const record = await readRecord(folder);
    if (record === null ? await isStarting(folder) : await mayLive(record, machine)) continue;
    if (record !== null) await endHostProcess(record);
    await removeHostFolder(folder);
    removed.push(name);
  }
  return removed;
}

/** Names of the folders, and of removed folders that a browser process still refers to. */
async function namesIn(root: string): Promise<readonly string[]> {
  const names = new Set(await hostNames(root));
  for (const { command } of await listProcesses()) {
    const name = command.split(`=${root}/`)[1]?.split('/')[0];
    if (name !== undefined) names.add(name);
  }
  return [...names];
}

async function isStarting(folder: string): Promise<boolean> {
  const found = await stat(folder).catch(() => null);
  return found !== null && Date.now() - found.mtimeMs < startMilliseconds;
}

async function mayLive(record: HostRecord, machine: string): Promise<boolean> {
  if (record.machine === machine) {
    const found = await findProcess(record.pid);
    return found?.started === record.started && record.leaseUntil > Date.now();
  }
  // Processes of another container are invisible: only the socket shows whether the host still runs.
  return record.leaseUntil > Date.now() || (await listens(record.socket));
}

async function listens(path: string): Promise<boolean> {
  return new Promise((settle) => {
    const socket = connect(path);
    const answerWith = (answer: boolean) => (): void => {
      socket.destroy();
      settle(answer);
    };
    socket.once('connect', answerWith(true));
    socket.once('error', answerWith(false));
  });
}
