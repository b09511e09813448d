import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it, onTestFinished } from 'vitest';
import {
  createComputerHosts,
  removeHost,
  startWarmHost,
  type HostsSettings,
} from '../../../../../activities/computer-use/host/hosts.ts';
import { killProcess, listProcesses, treeOf } from '../../../../../activities/computer-use/host/processes.ts';
import { readRecord } from '../../../../../activities/computer-use/host/record.ts';
import type { WarmHost, WarmHosts } from '../../../../../activities/computer-use/host/warm/pool.ts';
import { onSite, temporaryHosts } from '../../../../support/computer-use/browser-hosts.ts';
import { noSignal } from '../../../../support/computer-use/chromium-computer.ts';
import { countingServer } from '../../../../support/http/counting-server.ts';

const display = { width: 800, height: 600 };
const deadline = { timeout: 25_000, interval: 25 };

function poolOf(...hosts: WarmHost[]): WarmHosts {
  return { take: () => hosts.shift() ?? null };
}

async function expectNothingLeft({ hostsFolder }: HostsSettings): Promise<void> {
  await expect.poll(() => readdir(hostsFolder), deadline).toEqual([]);
  const left = async () => (await listProcesses()).filter(({ command }) => command.includes(`${hostsFolder}/`));
  await expect.poll(left, deadline).toEqual([]);
}

const page = () =>
  countingServer((response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><input>'));

it('L05, A05: a session gets a warm browser, which no other session can reach, and a later attempt takes it over', async () => {
  const site = await page();
  const settings = await temporaryHosts();
  const hosts = createComputerHosts(settings, poolOf(await startWarmHost(settings, display)));
  const first = await hosts.open({ key: 'job-1/visit/1', attempt: 1 }, onSite(site.origin), null, noSignal);
  const mark = first.mark();
  expect(mark.coldStart).toBe(false);
  await first.screenshot(noSignal);
  await first.detach('worker');
  // Another worker process has no pool with this host: it finds the host by the session's record.
  const later = createComputerHosts(settings);
  const found = await later.reattach({ key: 'job-1/visit/1', attempt: 2 }, mark, () => undefined, noSignal);
  expect(found?.standing).toEqual({ alive: true, actions: 0, newest: null });
  expect(found?.computer.mark()).toEqual(mark);
  await found?.computer.detach('worker');
  const anew = await later.open({ key: 'job-1/visit/1', attempt: 3 }, onSite(site.origin), null, noSignal);
  await later.settled();
  expect(await readdir(settings.hostsFolder)).toEqual([anew.mark().host]);
  expect(anew.mark().coldStart).toBe(true);
  const stranger = createComputerHosts(settings);
  expect(
    await stranger.reattach({ key: 'job-2/visit/1', attempt: 9 }, anew.mark(), () => undefined, noSignal),
  ).toBeNull();
  await expectNothingLeft(settings);
});

it('L05: a warm browser that died or hangs is not used: the session starts another, and nothing is left', async () => {
  const site = await page();
  const settings = await temporaryHosts();
  const [dead, hanging] = await Promise.all([startWarmHost(settings, display), startWarmHost(settings, display)]);
  const treeOfHost = async ({ name }: WarmHost) => {
    const record = await readRecord(join(settings.hostsFolder, name));
    return treeOf(record?.pid ?? 0, await listProcesses());
  };
  const [deadHost] = await treeOfHost(dead);
  if (deadHost !== undefined) await killProcess(deadHost, 'SIGKILL');
  await dead.leash.gone;
  const [host, ...browser] = await treeOfHost(hanging);
  const browserProcess = browser.find(({ parent }) => parent === host?.pid);
  if (browserProcess !== undefined) process.kill(browserProcess.pid, 'SIGSTOP');
  for (const unusable of [dead, hanging]) {
    const hosts = createComputerHosts(settings, poolOf(unusable));
    const computer = await hosts.open({ key: 'job-1/visit/1', attempt: 1 }, onSite(site.origin), null, noSignal);
    expect(computer.mark().coldStart).toBe(true);
    await computer.close();
  }
  await expectNothingLeft(settings);
});

it('L05: a session that cannot be opened uses up one warm browser, and leaves no timer and no connection', async () => {
  const site = await page();
  const settings = await temporaryHosts();
  const warm = await Promise.all([startWarmHost(settings, display), startWarmHost(settings, display)]);
  const left = [...warm];
  const hosts = createComputerHosts(settings, { take: () => left.shift() ?? null });
  const cookie = { name: 'a', value: 'b', domain: '', path: 'nowhere', expires: -1 };
  const cookies = [{ ...cookie, httpOnly: false, secure: false, sameSite: 'Lax' as const }];
  const restore = { url: site.origin, cookies, origins: [], sessionStorage: null, scroll: { x: 0, y: 0 } };
  const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const before = timers();
  const opening = hosts.open({ key: 'job-1/visit/1', attempt: 1 }, onSite(site.origin), restore, noSignal);
  await expect(opening).rejects.toThrow('ookie');
  expect(left).toHaveLength(1);
  await hosts.settled();
  expect(timers()).toBeLessThanOrEqual(before);
  for (const { name, leash } of left) {
    leash.release();
    await removeHost(settings.hostsFolder, name);
  }
  await expectNothingLeft(settings);
});

it('L05: a worker that is killed leaves none of its warm browsers, long before their lease is over', async () => {
  const settings = await temporaryHosts({ leaseMilliseconds: 600_000 });
  const fixture = join(import.meta.dirname, '../fixtures/warm-worker.ts');
  const worker = spawn(process.execPath, [fixture, JSON.stringify(settings)], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void worker.kill('SIGKILL'));
  const [name] = await once(createInterface({ input: worker.stdout }), 'line');
  expect(await readdir(settings.hostsFolder)).toEqual([name]);
  worker.kill('SIGKILL');
  await expectNothingLeft(settings);
});
