import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ActionProblem, type ComputerAction } from '../../../../activities/computer-use/actions.ts';
import { BrowserHost } from '../../../../activities/computer-use/host/host.ts';
import { attachTo } from '../../../../activities/computer-use/host/hosted-computer.ts';
import { startLease } from '../../../../activities/computer-use/host/lease.ts';
import { serve } from '../../../../activities/computer-use/host/serve.ts';
import { failure } from '../../../../activities/failure.ts';
import type { BrowserState, ComputerSettings } from '../../../../activities/ports.ts';
import { Superseded } from '../../../../store/jobs/ledger.ts';
import { noSignal } from '../../../support/computer-use/chromium-computer.ts';
import { FakeComputer } from '../../../support/computer-use/fake-computer.ts';
import { onSite } from '../../../support/computer-use/browser-hosts.ts';

const settings = onSite('https://site.example');
const click = (x: number): ComputerAction => ({ type: 'click', x, y: 1, button: 'left', keys: [] });

/** A fake computer whose actions end when they are let. */
class SlowComputer extends FakeComputer {
  readonly begun = Promise.withResolvers<void>();
  readonly let = Promise.withResolvers<void>();

  override async perform(action: ComputerAction): Promise<void> {
    this.begun.resolve();
    await this.let.promise;
    await super.perform(action);
  }
}

/** A host in this process, with fake computers, on a real socket. */
async function startHost(computer = new FakeComputer(), recycleAfter = 1_000) {
  const folder = await mkdtemp(join(tmpdir(), 'lodestone-host-'));
  const lease = startLease(60_000, () => undefined);
  const opened: { settings: ComputerSettings; restore: BrowserState | null }[] = [];
  const second = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<string>();
  const host = new BrowserHost({
    computers: {
      open: async (given, restore) => {
        opened.push({ settings: given, restore });
        return computer;
      },
    },
    lease,
    recycle: { turns: recycleAfter, residentBytes: 1_000 },
    key: null,
    onOwner: (_key, attempt) => void (attempt === 2 && second.resolve()),
    onEnd: ended.resolve,
  });
  const server = createServer((connection) => serve(connection, host)).listen(join(folder, 'socket'));
  await once(server, 'listening');
  onTestFinished(async () => {
    lease.stop();
    server.close();
    await rm(folder, { recursive: true });
  });
  const attach = async (attempt: number, onDenied: ComputerSettings['onDenied'] = () => undefined) => {
    const limits = {
      leaseMilliseconds: 60_000,
      personMilliseconds: 60_000,
      callMilliseconds: 10_000,
      signal: noSignal,
    };
    const request = {
      name: 'host-1',
      socket: join(folder, 'socket'),
      owner: { key: 'job-1/visit/1', attempt },
      coldStart: true,
      onDenied,
      remove: async () => undefined,
    };
    const attached = await attachTo({ ...limits, ...request });
    onTestFinished(() => attached.computer.detach('worker'));
    return attached;
  };
  return { attach, computer, opened, host, ended: ended.promise, takenOver: second.promise };
}

describe('a browser host', () => {
  it('does what its owner asks for: acts, takes screenshots, returns its state, and marks how far it came', async () => {
    const { attach, computer: fake, opened } = await startHost();
    const { computer, standing } = await attach(1);
    expect(standing).toEqual({ alive: false, actions: 0, newest: null });
    await computer.open(settings, null, noSignal);
    expect(opened).toMatchObject([{ settings: { startUrl: 'https://site.example' }, restore: null }]);
    await computer.perform(click(1), noSignal);
    const { bytes, mediaType } = await computer.screenshot(noSignal);
    expect([Buffer.from(bytes).toString(), mediaType]).toEqual(['screen 1', 'image/png']);
    expect(await computer.state(noSignal)).toEqual(await fake.state());
    expect(computer.url()).toBe('https://site.example/');
    expect(computer.mark()).toEqual({ host: 'host-1', actions: 1, coldStart: true });
  });

  it('hands on errors as what they are: those of an action, those of a type, and others as of the browser', async () => {
    const { attach, computer: fake } = await startHost();
    const { computer } = await attach(1);
    await expect(computer.screenshot(noSignal)).rejects.toMatchObject({ type: 'browser' });
    await computer.open(settings, null, noSignal);
    const failing = async (error: Error): Promise<unknown> => {
      fake.failNext = error;
      return computer.perform(click(1), noSignal).catch((thrown: unknown) => thrown);
    };
    expect(await failing(new ActionProblem('no such key'))).toBeInstanceOf(ActionProblem);
    expect(await failing(failure('egress_refused', 'not there'))).toMatchObject({ type: 'egress_refused' });
    expect(await failing(new Error('odd'))).toMatchObject({ type: 'browser', message: 'odd' });
  });

  it('A05: is taken over by a later attempt; the former one is refused from then on, and cannot come back', async () => {
    const { attach, computer: fake } = await startHost();
    const former = await attach(1);
    await former.computer.open(settings, null, noSignal);
    await former.computer.perform(click(1), noSignal);
    const later = await attach(2);
    expect(later.standing).toEqual({ alive: true, actions: 1, newest: { state: 'done' } });
    await expect(former.computer.perform(click(2), noSignal)).rejects.toThrow(Superseded);
    await expect(former.computer.screenshot(noSignal)).rejects.toThrow(Superseded);
    await expect(attach(1)).rejects.toThrow(Superseded);
    await later.computer.perform(click(3), noSignal);
    expect(fake.performed).toEqual(['click at 1,1', 'click at 3,1']);
  });

  it('A05: that is asked to close by a former owner goes on for the present one', async () => {
    const { attach, ended } = await startHost();
    const former = await attach(1);
    await former.computer.open(settings, null, noSignal);
    const later = await attach(2);
    await former.computer.close();
    await later.computer.perform(click(1), noSignal);
    await later.computer.close();
    await expect(ended).resolves.toBe('its owner said so');
  });

  it('A05: finishes the action whose worker died, and what was queued behind it never runs', async () => {
    const slow = new SlowComputer();
    const { attach, takenOver } = await startHost(slow);
    const former = await attach(1);
    await former.computer.open(settings, null, noSignal);
    const typing = former.computer.perform({ type: 'type', text: 'hello' }, noSignal);
    const queued = former.computer.perform(click(1), noSignal);
    const died = Promise.allSettled([typing, queued]);
    await slow.begun.promise;
    const taking = attach(2);
    await takenOver;
    slow.let.resolve();
    expect((await taking).standing).toEqual({ alive: true, actions: 1, newest: { state: 'done' } });
    await died;
    expect(slow.performed).toEqual(['type 5 characters']);
  });

  it('A05: reports an action that could not be done, and one that broke off', async () => {
    const { attach, computer: fake } = await startHost();
    const first = await attach(1);
    await first.computer.open(settings, null, noSignal);
    fake.failNext = new ActionProblem('no such key');
    await first.computer.perform(click(1), noSignal).catch(() => undefined);
    const second = await attach(2);
    expect(second.standing).toMatchObject({ actions: 1, newest: { state: 'not_done', why: 'no such key' } });
    fake.failNext = new Error('the page crashed');
    await second.computer.perform(click(1), noSignal).catch(() => undefined);
    expect((await attach(3)).standing).toMatchObject({ actions: 2, newest: { state: 'uncertain' } });
  });

  it('keeps notes and denials until they were taken, over the death of whoever did not take them', async () => {
    const { attach, computer: fake, opened } = await startHost();
    const first = await attach(1);
    await first.computer.open(settings, null, noSignal);
    opened[0]?.settings.onDenied({ target: 'https://a.example', reason: 'not listed' });
    fake.notes = ['a dialog'];
    const denied: string[] = [];
    const second = await attach(2, ({ target }) => denied.push(target));
    await second.computer.screenshot(noSignal);
    expect([second.computer.takeNotes(), second.computer.takeNotes()]).toEqual([['a dialog'], []]);
    await second.computer.perform(click(1), noSignal);
    const third = await attach(3, ({ target }) => denied.push(target));
    await third.computer.screenshot(noSignal);
    expect(denied).toEqual(['https://a.example']);
    expect(third.computer.takeNotes()).toEqual([]);
  });

  it('replaces a browser that grew too large by one in the same state, but not one that has just been replaced', async () => {
    const { attach, opened, host } = await startHost();
    const { computer } = await attach(1);
    await computer.open(settings, null, noSignal);
    const turns = async (count: number) => {
      const reported: (string | null)[] = [];
      for (let turn = 0; turn < count; turn += 1) reported.push(await computer.refresh(noSignal));
      return reported.filter((why) => why !== null);
    };
    expect(await turns(10)).toEqual([]);
    host.measured(2_000);
    expect(await turns(1)).toEqual([expect.stringContaining('it had grown')]);
    expect(opened[1]?.restore).toMatchObject({ url: 'https://site.example/' });
    expect(computer.takeNotes()).toEqual([expect.stringContaining('Text typed into fields may be gone')]);
    host.measured(2_000);
    expect(await turns(5)).toEqual([]);
    expect(await turns(1)).toHaveLength(1);
  });

  it('replaces a browser that has served too many turns', async () => {
    const { attach } = await startHost(new FakeComputer(), 2);
    const { computer } = await attach(1);
    await computer.open(settings, null, noSignal);
    const reported = [1, 2, 3, 4].map(() => computer.refresh(noSignal));
    expect(await Promise.all(reported)).toEqual([null, null, 'it had served 2 turns', null]);
  });
});
