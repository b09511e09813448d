/**
 * The process of a browser host: one browser and its egress proxy, on a socket that only this user can reach. The browser
 * starts with the process, and has no way to the network until an owner opens it for a session. From then on the host
 * outlives the worker that started it, ends with its lease, and removes everything that belongs to it.
 */
import { chmodSync, writeSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { inOrder } from '../in-order.ts';
import { createPlaywrightComputerFactory } from '../playwright/open-browser.ts';
import { prepareBrowser } from '../playwright/prepared-browser.ts';
import { removeHostFolder } from './folder.ts';
import { BrowserHost } from './host.ts';
import { startLease } from './lease.ts';
import { takeLeash } from './leash.ts';
import { findProcess, listProcesses, machineName, treeOf } from './processes.ts';
import { serve } from './serve.ts';
import { HostOptionsSchema, socketPath, writeRecord, type HostOptions, type HostRecord } from './record.ts';

/** How long the browser may take to close; after that the process ends, and the browser with it. */
const closeMilliseconds = 5_000;

/** Checks in a row that a waiting browser may miss: a busy machine is late, and a new browser would make it busier. */
const mostMissed = 3;

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
  const { sandbox } = options.chromium;
  const chromium = {
    sandbox,
    executablePath: options.chromium.executablePath ?? undefined,
    fontconfigFile: options.chromium.fontconfigFile ?? undefined,
  };
  const ahead = prepareBrowser(chromium, options.display);
  // Reported to whoever asks for it.
  ahead.catch(() => undefined);
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
    const closing = Promise.allSettled([host.close(), ahead.then((browser) => browser.close())]);
    await Promise.race([closing, delay(closeMilliseconds)]);
    await removeHostFolder(folder);
    process.exit();
  };
  const lease = startLease(leaseMilliseconds, () => void end('its lease is over'));
  const isDriven = (): boolean => record.attempt !== null;
  const leash = takeLeash({
    renewed: () => isDriven() || lease.renew(),
    gone: () => isDriven() || void end('its worker is gone before anyone drove it'),
  });
  const host = new BrowserHost({
    computers: createPlaywrightComputerFactory(chromium, options.limits, undefined, ahead),
    lease,
    key,
    recycle,
    onOwner: (session, attempt) => {
      log(`driven by attempt ${attempt}`);
      const isNew = record.key === null;
      record = { ...record, key: session, attempt };
      // A later attempt finds the session's host by its record.
      if (isNew) void keepRecord();
    },
    onEnd: (why) => void end(why),
  });
  // For the sweep, which may find a host that hangs. Written in the background, because no call need wait for it.
  // One at a time: all go through the same file.
  const keepRecord = inOrder(async (): Promise<void> => {
    if (ending) return;
    record = { ...record, leaseUntil: Date.now() + lease.millisecondsLeft };
    await writeRecord(folder, record).catch(() => log('its record could not be written'));
  });
  // Reading all processes takes longer than a turn should wait.
  const measure = async (): Promise<void> => {
    const tree = treeOf(process.pid, await listProcesses());
    host.measured(tree.reduce((sum, found) => sum + (found.pid === process.pid ? 0 : found.residentBytes), 0));
  };
  let missed = 0;
  let checking = false;
  const check = async (): Promise<void> => {
    if (checking) return;
    checking = true;
    missed = (await (await ahead).isHealthy()) ? 0 : missed + 1;
    checking = false;
    if (missed >= mostMissed && !isDriven()) void end('its browser does not answer');
  };
  setInterval(() => {
    void keepRecord();
    void (isDriven() ? measure() : check().catch(() => undefined));
  }, leaseMilliseconds / 4);
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
  if (key === null) {
    const { running } = await ahead;
    running.browser.on('disconnected', () => isDriven() || void end('its browser ended'));
  }
  log('ready');
  leash.ready();
  // Kept for the next hosts at once: this one may wait for long.
  flushCompileCache();
}

await main(HostOptionsSchema.parse(JSON.parse(process.argv[2] ?? 'null')));
