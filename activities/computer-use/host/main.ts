/**
 * The process of a browser host: one browser and its egress proxy, on a socket that only this user can reach. It
 * outlives the worker that started it, ends with its lease, and removes everything that belongs to it.
 */
import { chmodSync, writeSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { createPlaywrightComputerFactory } from '../playwright/open-browser.ts';
import { removeHostFolder } from './folder.ts';
import { BrowserHost } from './host.ts';
import { startLease } from './lease.ts';
import { findProcess, listProcesses, machineName, treeOf } from './processes.ts';
import { serve } from './serve.ts';
import { HostOptionsSchema, socketPath, writeRecord, type HostOptions, type HostRecord } from './record.ts';

/** How long the browser may take to close; after that the process ends, and the browser with it. */
const closeMilliseconds = 5_000;
/** The file descriptor on which the parent process waits for the ready message. */
const readyDescriptor = 3;

/**
 * Events of the host's life, for its log. They contain nothing of pages, addresses or error texts, which may hold
 * secrets.
 */
function log(line: string): void {
  writeSync(2, `${new Date().toISOString()} ${line}\n`);
}

async function main(options: HostOptions): Promise<void> {
  process.umask(0o077);
  const { folder, key, leaseMilliseconds, recycle } = options;
  const { sandbox, executablePath, fontconfigFile } = options.chromium;
  const started = (await findProcess(process.pid))?.started ?? '';
  const socket = socketPath(folder);
  let record: HostRecord = {
    version: 1,
    key,
    attempt: null,
    pid: process.pid,
    started,
    machine: await machineName(),
    socket,
    leaseUntil: Date.now() + leaseMilliseconds,
  };

  let ending = false;
  const end = async (why: string): Promise<void> => {
    if (ending) return;
    ending = true;
    log(`ends: ${why}`);
    server.close();
    await Promise.race([host.close().catch(() => undefined), delay(closeMilliseconds)]);
    await removeHostFolder(folder);
    process.exit();
  };
  const lease = startLease(leaseMilliseconds, () => void end('its lease is over'));
  const host = new BrowserHost({
    computers: createPlaywrightComputerFactory(
      { sandbox, executablePath: executablePath ?? undefined, fontconfigFile: fontconfigFile ?? undefined },
      options.limits,
    ),
    lease,
    recycle,
    onOwner: (attempt) => {
      log(`driven by attempt ${attempt}`);
      record = { ...record, attempt };
    },
    onEnd: (why) => void end(why),
  });
  // For the sweep, which may find a host that hangs. Written in the background, because no call need wait for it.
  const keepRecord = async (): Promise<void> => {
    if (ending) return;
    record = { ...record, leaseUntil: Date.now() + lease.millisecondsLeft };
    await writeRecord(folder, record).catch(() => log('its record could not be written'));
  };
  // Reading all processes takes longer than a turn should wait.
  const measure = async (): Promise<void> => {
    const tree = treeOf(process.pid, await listProcesses());
    host.measured(tree.reduce((sum, found) => sum + (found.pid === process.pid ? 0 : found.residentBytes), 0));
  };
  setInterval(() => void Promise.all([keepRecord(), measure()]), leaseMilliseconds / 4);
  process.on('SIGTERM', () => void end('SIGTERM'));
  process.on('SIGINT', () => void end('SIGINT'));
  process.on('uncaughtException', ({ name, stack = '' }) => {
    const places = stack.split('\n').filter((line) => line.startsWith('    at '));
    void end([`an error: ${name}`, ...places].join('\n'));
  });

  const server = createServer((connection) => serve(connection, host));
  server.on('error', () => void end('its socket failed'));
  await new Promise<void>((resolve) => {
    server.listen(socket, resolve);
  });
  chmodSync(socket, 0o600);
  await keepRecord();
  log('ready');
  writeSync(readyDescriptor, 'ready\n');
}

await main(HostOptionsSchema.parse(JSON.parse(process.argv[2] ?? 'null')));
