import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { hasEnded } from '../../../../activities/computer-use/host/folder.ts';
import { createComputerHosts, type HostsSettings } from '../../../../activities/computer-use/host/hosts.ts';
import { killProcess, listProcesses, treeOf } from '../../../../activities/computer-use/host/processes.ts';
import { readRecord, type HostRecord } from '../../../../activities/computer-use/host/record.ts';
import type { BrowserMark } from '../../../../activities/ports.ts';
import { Superseded } from '../../../../store/jobs/ledger.ts';
import { onSite, temporaryHosts } from '../../../support/computer-use/browser-hosts.ts';
import { noSignal } from '../../../support/computer-use/chromium-computer.ts';
import { startCountingServer, type CountingServer } from '../../../support/http/counting-server.ts';

const key = 'job-1/visit/1';
const deadline = { timeout: 30_000, interval: 50 };

const page = `<!doctype html><title>form</title><body><input style="position:absolute;left:0;top:0;width:300px;height:30px">
  <script>
    const input = document.querySelector('input');
    // One after the other: requests at the same time arrive in any order.
    let told = Promise.resolve();
    sessionStorage.visits = Number(sessionStorage.visits ?? 0) + 1;
    input.addEventListener('input', () => {
      if (input.value.length === 1) fetch('/begun');
      const text = encodeURIComponent([sessionStorage.visits, input.value].join(' '));
      told = told.then(() => fetch('/text?' + text));
    });
  </script>`;

let site: CountingServer;
beforeAll(async () => {
  site = await startCountingServer((response) => response.writeHead(200, { 'content-type': 'text/html' }).end(page));
});
afterAll(() => site.close());

/** The value of the page's field, as the page last reported it to its server. */
function lastText(): string | undefined {
  const reported = site.received.filter(({ url }) => url.startsWith('/text?'));
  return reported.map(({ url }) => decodeURIComponent(url.slice('/text?'.length))).at(-1);
}

/** A worker process that opens a browser and types; it is killed by the test at the latest when that is over. */
async function startTyping(
  hosts: HostsSettings,
  text: string,
): Promise<{ mark: BrowserMark; kill: () => Promise<void> }> {
  const request = JSON.stringify({ hosts, key, settings: onSite(site.origin), text });
  const worker = spawn(process.execPath, [join(import.meta.dirname, 'fixtures/typing-worker.ts'), request], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(worker, 'exit');
  const kill = async (): Promise<void> => {
    worker.kill('SIGKILL');
    await ended;
  };
  onTestFinished(kill);
  const [line] = await once(createInterface({ input: worker.stdout }), 'line');
  const mark = z.object({ host: z.string(), actions: z.int(), coldStart: z.boolean() }).parse(JSON.parse(String(line)));
  return { mark, kill };
}

async function recordOf({ hostsFolder }: HostsSettings, { host }: BrowserMark): Promise<HostRecord> {
  const record = await readRecord(join(hostsFolder, host));
  if (record === null) throw new Error(`there is no host ${host}`);
  return record;
}

/** Every process of a host, with its browser's. */
async function processesOf({ pid }: HostRecord) {
  return treeOf(pid, await listProcesses());
}

async function expectNothingLeft({ hostsFolder }: HostsSettings): Promise<void> {
  await expect.poll(() => readdir(hostsFolder), deadline).toEqual([]);
  const left = async () => (await listProcesses()).filter(({ command }) => command.includes(`${hostsFolder}/`));
  await expect.poll(left, deadline).toEqual([]);
}

async function environmentOf(pid: number): Promise<string> {
  return readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
}

async function modeOf(path: string): Promise<number> {
  return (await stat(path)).mode & 0o777;
}

describe('a browser whose worker died', () => {
  it('A05: by SIGKILL in the middle of typing has the whole text in the same page, and knows that it was typed', async () => {
    const settings = await temporaryHosts();
    const text = 'all of this was typed although nobody was there to see it. '.repeat(3);
    const before = site.received.length;
    const { mark, kill } = await startTyping(settings, text);
    await expect
      .poll(() => site.received.slice(before).some(({ url }) => url === '/begun'), { ...deadline, interval: 1 })
      .toBe(true);
    await kill();
    const found = await createComputerHosts(settings).reattach({ key, attempt: 2 }, mark, () => undefined, noSignal);
    expect(found?.standing).toEqual({ alive: true, actions: mark.actions + 1, newest: { state: 'done' } });
    await found?.computer.screenshot(noSignal);
    // One visit: the page was never loaded again.
    await expect.poll(lastText, deadline).toBe(`1 ${text}`);
    await found?.computer.perform({ type: 'type', text: 'And on.' }, noSignal);
    await expect.poll(lastText, deadline).toBe(`1 ${text}And on.`);
    await found?.computer.close();
    await expectNothingLeft(settings);
  });

  it('A05: refuses its former worker once another has taken it over, and both see one browser', async () => {
    const settings = await temporaryHosts();
    const hosts = createComputerHosts(settings);
    const former = await hosts.open({ key, attempt: 1 }, onSite(site.origin), null, noSignal);
    const later = await hosts.reattach({ key, attempt: 2 }, former.mark(), () => undefined, noSignal);
    await expect(former.perform({ type: 'type', text: 'x' }, noSignal)).rejects.toThrow(Superseded);
    await former.close();
    await expect(hosts.open({ key, attempt: 1 }, onSite(site.origin), null, noSignal)).rejects.toThrow(Superseded);
    await later?.computer.perform({ type: 'click', x: 10, y: 10, button: 'left', keys: [] }, noSignal);
    await later?.computer.perform({ type: 'type', text: 'y' }, noSignal);
    await expect.poll(lastText, deadline).toBe('1 y');
    await later?.computer.close();
    await expectNothingLeft(settings);
  });

  it('A05: ends with its lease, and nothing is left of it', async () => {
    const settings = await temporaryHosts({ leaseMilliseconds: 2_000 });
    const { mark, kill } = await startTyping(settings, 'x');
    const record = await recordOf(settings, mark);
    await kill();
    expect(await hasEnded(record, 30_000)).toBe(true);
    await expectNothingLeft(settings);
    expect(
      await createComputerHosts(settings).reattach({ key, attempt: 2 }, mark, () => undefined, noSignal),
    ).toBeNull();
  });

  it('that is left for a person to answer is kept for longer than its lease', async () => {
    const settings = await temporaryHosts({ leaseMilliseconds: 8_000 });
    const hosts = createComputerHosts(settings);
    const computer = await hosts.open({ key, attempt: 1 }, onSite(site.origin), null, noSignal);
    await computer.detach('person');
    const left = async () => (await recordOf(settings, computer.mark())).leaseUntil - Date.now();
    await expect.poll(left, deadline).toBeGreaterThan(settings.leaseMilliseconds * 2);
    const found = await hosts.reattach({ key, attempt: 2 }, computer.mark(), () => undefined, noSignal);
    expect(found?.standing).toEqual({ alive: true, actions: 0, newest: null });
    await found?.computer.close();
  });

  it('is kept for as long as its worker waits for the model', async () => {
    const settings = await temporaryHosts({ leaseMilliseconds: 8_000 });
    const computer = await createComputerHosts(settings).open({ key, attempt: 1 }, onSite(site.origin), null, noSignal);
    const until = async () => (await recordOf(settings, computer.mark())).leaseUntil;
    const first = await until();
    await expect.poll(until, deadline).toBeGreaterThan(first + settings.leaseMilliseconds);
    await computer.close();
    await expectNothingLeft(settings);
  });
});

describe('a browser host', () => {
  it('A05: that was killed is not reattached to; its browser is removed, and another is restored on the same page', async () => {
    const settings = await temporaryHosts();
    const hosts = createComputerHosts(settings);
    const first = await hosts.open({ key, attempt: 1 }, onSite(site.origin), null, noSignal);
    const state = await first.state(noSignal);
    await killProcess(await recordOf(settings, first.mark()), 'SIGKILL');
    await expect(first.screenshot(noSignal)).rejects.toMatchObject({ type: 'browser' });
    expect(await hosts.reattach({ key, attempt: 2 }, first.mark(), () => undefined, noSignal)).toBeNull();
    await expectNothingLeft(settings);
    const second = await hosts.open({ key, attempt: 2 }, onSite(site.origin), state, noSignal);
    expect(second.mark().host).not.toBe(first.mark().host);
    await second.perform({ type: 'click', x: 10, y: 10, button: 'left', keys: [] }, noSignal);
    await second.perform({ type: 'type', text: 'z' }, noSignal);
    // Session storage came along: this is the second visit.
    await expect.poll(lastText, deadline).toBe('2 z');
    await second.close();
  });

  it('A05: whose browser was killed is not reattached to, and does not stay', async () => {
    const settings = await temporaryHosts();
    const hosts = createComputerHosts(settings);
    const first = await hosts.open({ key, attempt: 1 }, onSite(site.origin), null, noSignal);
    const record = await recordOf(settings, first.mark());
    const browser = (await processesOf(record)).filter(({ parent }) => parent === record.pid);
    expect(browser.length).toBeGreaterThan(0);
    for (const process of browser) await killProcess(process, 'SIGKILL');
    await expect(first.screenshot(noSignal)).rejects.toMatchObject({ type: 'browser' });
    expect(await hosts.reattach({ key, attempt: 2 }, first.mark(), () => undefined, noSignal)).toBeNull();
    await expectNothingLeft(settings);
  });

  it('that is behind the checkpoint is not reattached to: some other browser did those actions', async () => {
    const settings = await temporaryHosts();
    const hosts = createComputerHosts(settings);
    const first = await hosts.open({ key, attempt: 1 }, onSite(site.origin), null, noSignal);
    const mark = { ...first.mark(), actions: 5 };
    expect(await hosts.reattach({ key, attempt: 2 }, mark, () => undefined, noSignal)).toBeNull();
    await expectNothingLeft(settings);
  });

  it('ends at once, in order, on SIGTERM, with its browser and its profile', async () => {
    const settings = await temporaryHosts();
    const computer = await createComputerHosts(settings).open({ key, attempt: 1 }, onSite(site.origin), null, noSignal);
    const record = await recordOf(settings, computer.mark());
    await killProcess(record, 'SIGTERM');
    expect(await hasEnded(record, 10_000)).toBe(true);
    await computer.detach('worker');
    await expectNothingLeft(settings);
  });

  it('replaces a browser that takes too much memory by one on the same page, and goes on', async () => {
    const settings = await temporaryHosts({
      leaseMilliseconds: 8_000,
      recycle: { turns: 1_000, residentBytes: 1 },
    });
    const computer = await createComputerHosts(settings).open({ key, attempt: 1 }, onSite(site.origin), null, noSignal);
    const record = await recordOf(settings, computer.mark());
    const former = await processesOf(record);
    // It is measured now and then.
    await expect.poll(() => computer.refresh(noSignal), deadline).toMatch(/it had grown to \d+ MiB/);
    const present = await processesOf(record);
    expect(present.filter(({ pid }) => former.some((process) => process.pid === pid)).length).toBe(1);
    await computer.perform({ type: 'click', x: 10, y: 10, button: 'left', keys: [] }, noSignal);
    await computer.perform({ type: 'type', text: 'v' }, noSignal);
    await expect.poll(lastText, deadline).toBe('2 v');
    await computer.close();
    await expectNothingLeft(settings);
  });

  it('has nothing of its worker’s environment, and only its own user reaches it', async () => {
    process.env['LODESTONE_SECRET_TEST'] = 'a-secret-of-the-worker';
    onTestFinished(() => void delete process.env['LODESTONE_SECRET_TEST']);
    const settings = await temporaryHosts();
    const computer = await createComputerHosts(settings).open({ key, attempt: 1 }, onSite(site.origin), null, noSignal);
    const record = await recordOf(settings, computer.mark());
    for (const { pid } of await processesOf(record)) {
      expect(await environmentOf(pid)).not.toContain('a-secret-of-the-worker');
    }
    expect(await modeOf(record.socket)).toBe(0o600);
    expect(await modeOf(join(settings.hostsFolder, computer.mark().host))).toBe(0o700);
    await computer.close();
  });
});
