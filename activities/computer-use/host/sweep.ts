/**
 * At a worker's start: ends hosts that outlived their lease because they hang, and removes what dead ones left behind.
 * A host that lives within its lease is left alone, whoever started it.
 */
import { stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import { endHostProcess, removeHostFolder } from './folder.ts';
import { findProcess, listProcesses, machineName } from './processes.ts';
import { hostNames, readRecord, type HostRecord } from './record.ts';

/** A folder without a record, as a host has it that is just starting, is left alone for so long. */
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

/** Names of folders, and of those that are gone but in which a browser still believes itself to be. */
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
  // Of another container's processes nothing is seen but whether somebody listens.
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
