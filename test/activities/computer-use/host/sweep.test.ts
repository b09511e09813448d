import { spawn } from 'node:child_process';
import { mkdir, readdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { findProcess, machineName } from '../../../../activities/computer-use/host/processes.ts';
import { createComputerHosts } from '../../../../activities/computer-use/host/hosts.ts';
import {
  hostNames,
  readRecord,
  writeRecord,
  type HostRecord,
} from '../../../../activities/computer-use/host/record.ts';
import { endUnneededHosts } from '../../../../activities/computer-use/host/unneeded.ts';
import { isSessionOver } from '../../../../activities/computer-use/session-key.ts';
import { job, storeWithJob } from '../../../support/jobs/activity-inputs.ts';
import { sweepHosts } from '../../../../activities/computer-use/host/sweep.ts';
import { onSite, temporaryHosts } from '../../../support/computer-use/browser-hosts.ts';
import { noSignal } from '../../../support/computer-use/chromium-computer.ts';
import { countingServer } from '../../../support/http/counting-server.ts';

const hour = 3_600_000;

/** A process that does nothing, and ignores SIGTERM on request: it replaces a host or a browser. */
async function startProcess(options: { readonly named?: string; readonly deaf?: boolean } = {}) {
  const code = `${options.deaf === true ? "process.on('SIGTERM', () => {});" : ''}setInterval(() => {}, 1e6);console.log('up')`;
  const name = options.named === undefined ? [] : [`--user-data-dir=${options.named}`];
  const child = spawn(process.execPath, ['-e', code, '--', ...name], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  await new Promise((resolve) => {
    child.stdout.once('data', resolve);
  });
  const { pid = 0 } = child;
  return {
    pid,
    started: (await findProcess(pid))?.started ?? '',
    lives: () => child.exitCode === null && child.signalCode === null,
  };
}

async function plant(hostsFolder: string, name: string, record: Partial<HostRecord>): Promise<string> {
  const folder = join(hostsFolder, name);
  await mkdir(join(folder, 'tmp', 'playwright_chromiumdev_profile-x'), { recursive: true });
  await writeRecord(folder, {
    version: 1,
    key: 'job-1/visit/1',
    attempt: 1,
    pid: 1,
    started: '0',
    machine: await machineName(),
    socket: join(folder, 'socket'),
    leaseUntil: Date.now() - 1,
    ...record,
  });
  return folder;
}

it('a browser that was kept for a person ends when its step does, and no other one', async () => {
  const { hostsFolder } = await temporaryHosts();
  const { store } = await storeWithJob({
    network: { navigate: ['https://site.example'] },
    steps: [{ id: 'visit', kind: 'computer_use', startUrl: 'https://site.example', goal: 'find it' }],
  });
  const lives = async (name: string, key: string): Promise<() => boolean> => {
    const host = await startProcess();
    await plant(hostsFolder, name, { key, pid: host.pid, started: host.started, leaseUntil: Date.now() + hour });
    return host.lives;
  };
  const waiting = await lives('waiting', `${job.id}/visit/1`);
  const other = await lives('other', 'job-of-another-store/visit/1');
  const change = { jobId: job.id, stepId: 'visit', generation: 1, sequence: 1, attempt: 1 };
  const isOver = (key: string): Promise<boolean> => isSessionOver(store.stores, key);
  await store.jobs.changeStep({ ...change, state: 'awaiting_approval', at: new Date().toISOString() });
  expect(await endUnneededHosts(hostsFolder, isOver)).toEqual([]);
  await store.jobs.changeStep({ ...change, state: 'cancelled', at: new Date().toISOString() });
  expect(await endUnneededHosts(hostsFolder, isOver)).toEqual(['waiting']);
  await expect.poll(waiting).toBe(false);
  expect([other(), await hostNames(hostsFolder)]).toEqual([true, ['other']]);
});

describe("the sweep at a worker's start", () => {
  it('A05: removes the folder of a host that is dead, and kills the browser that it left', async () => {
    const { hostsFolder } = await temporaryHosts();
    const dead = await plant(hostsFolder, 'dead', { leaseUntil: Date.now() + hour });
    const browser = await startProcess({ named: `${dead}/tmp/playwright_chromiumdev_profile-x` });
    const homeless = await startProcess({ named: `${hostsFolder}/gone/tmp/profile` });
    expect((await sweepHosts(hostsFolder)).toSorted()).toEqual(['dead', 'gone']);
    expect(await readdir(hostsFolder)).toEqual([]);
    await expect.poll(() => [browser.lives(), homeless.lives()]).toEqual([false, false]);
  });

  it('A05: kills a host that hangs beyond its lease, also one that heeds no SIGTERM', { timeout: 30_000 }, async () => {
    const { hostsFolder } = await temporaryHosts();
    const host = await startProcess({ deaf: true });
    await plant(hostsFolder, 'hanging', { pid: host.pid, started: host.started });
    expect(await sweepHosts(hostsFolder)).toEqual(['hanging']);
    await expect.poll(() => host.lives()).toBe(false);
  });

  it('never kills a process that only has the id of a dead host', async () => {
    const { hostsFolder } = await temporaryHosts();
    const other = await startProcess();
    await plant(hostsFolder, 'dead', { pid: other.pid, started: 'at another time' });
    expect(await sweepHosts(hostsFolder)).toEqual(['dead']);
    expect(other.lives()).toBe(true);
  });

  it('leaves alone what may live: a host within its lease, one that is just starting, one of another container', async () => {
    const settings = await temporaryHosts();
    const { hostsFolder } = settings;
    const site = await countingServer((response) => response.end('<title>page</title>'));
    const hosts = createComputerHosts(settings);
    const computer = await hosts.open({ key: 'job-1/a/1', attempt: 1 }, onSite(site.origin), null, noSignal);
    const mine = await readRecord(join(hostsFolder, computer.mark().host));
    await mkdir(join(hostsFolder, 'starting'));
    await plant(hostsFolder, 'elsewhere-within-lease', { machine: 'other', leaseUntil: Date.now() + hour });
    await plant(hostsFolder, 'elsewhere-listening', { machine: 'other', socket: mine?.socket ?? '' });
    await plant(hostsFolder, 'elsewhere-dead', { machine: 'other' });
    expect(await sweepHosts(hostsFolder)).toEqual(['elsewhere-dead']);
    expect((await hostNames(hostsFolder)).toSorted()).toEqual(
      [computer.mark().host, 'elsewhere-listening', 'elsewhere-within-lease', 'starting'].toSorted(),
    );
    await computer.screenshot(noSignal);
    await computer.close();
  });

  it('removes the folder of a host that never came to write its record, once it is old', async () => {
    const { hostsFolder } = await temporaryHosts();
    const folder = join(hostsFolder, 'never-started');
    await mkdir(folder);
    const longAgo = new Date(Date.now() - hour);
    await utimes(folder, longAgo, longAgo);
    expect(await sweepHosts(hostsFolder)).toEqual(['never-started']);
  });
});
