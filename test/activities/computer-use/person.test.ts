/** A person acts in place of the model: the same driver; each action is marked, the time does not count, typed text is not kept. */
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { ActionProblem } from '../../../activities/computer-use/actions.ts';
import { yieldToPerson, type PersonPorts } from '../../../activities/computer-use/person.ts';
import { runLoop } from '../../../activities/computer-use/loop/loop.ts';
import { firstCheckpoint } from '../../../activities/computer-use/loop/checkpoint.ts';
import { FakeComputer } from '../../support/computer-use/fake-computer.ts';
import { callResponse, click, textResponse } from '../../support/llm/responses.ts';
import { scripted, task, textsOf } from '../../support/computer-use/scripted-loop.ts';
import { temporaryStore } from '../../support/temporary-store.ts';

const place = { jobId: 'j', stepId: 's' };
const start = new Date('2026-01-01T00:00:00.000Z');

/** A run that a person may take over, on a clock that a test moves. */
async function takenOver() {
  const { controls, events } = await temporaryStore();
  const computer = new FakeComputer();
  const clock = { now: start };
  const ports: PersonPorts = {
    controls,
    place,
    wasHeld: false,
    onHold: async () => undefined,
    computer,
    look: async () => ({ name: 'screen.png', sha256: (await computer.screenshot()).bytes.toString() }),
    sleep: async () => {
      await setImmediate();
    },
    now: () => clock.now,
    signal: new AbortController().signal,
  };
  const held = () => expect.poll(async () => (await controls.find(place))?.state).toBe('held');
  return { controls, events, computer, clock, ports, held };
}

describe('a person who takes over', () => {
  it('and nobody else is waited for', async () => {
    const { ports, controls } = await takenOver();
    expect(await yieldToPerson(ports)).toBeNull();
    await controls.ask(place, 'ada', start);
    expect(await controls.ask(place, 'bob', start)).toBe(false);
    await controls.giveBack(place, null, start);
    expect(await yieldToPerson(ports)).toBeNull();
    expect(await controls.act(place, { type: 'type', text: 'x' }, start)).toBe(false);
  });

  it('acts through the driver, sees what comes of it, and leaves a word for the model', async () => {
    const { ports, controls, computer, held, events } = await takenOver();
    await controls.ask(place, 'ada', start);
    const over = yieldToPerson(ports);
    await held();
    await controls.act(place, { type: 'click', x: 3, y: 4, button: 'right' }, start);
    await controls.act(place, { type: 'type', text: 'my password' }, start);
    await expect.poll(() => computer.performed).toEqual(['right click at 3,4', 'type 11 characters']);
    await expect.poll(async () => (await controls.find(place))?.screen?.sha256).toBe('screen 2');
    await controls.giveBack(place, 'You are logged in now.', start);
    expect((await over)?.join()).toMatch(
      /did this: right click at 3,4; type 11 characters\. They said: You are logged in/,
    );
    expect(JSON.stringify(await controls.find(place))).not.toContain('my password');
    const reported = await events.after('j', 0, 10);
    expect(reported.map(({ type }) => type)).toEqual(['control.asked', 'control.taken', 'control.returned']);
  });

  it('A05: and hands back while no worker lives is reported to the model all the same', async () => {
    const { ports, controls, computer } = await takenOver();
    const kept: boolean[] = [];
    await controls.ask(place, 'ada', start);
    const dying = { ...ports, onHold: async () => void kept.push(true), look: () => Promise.reject(new Error('dies')) };
    await expect(yieldToPerson(dying)).rejects.toThrow('dies');
    expect([kept, (await controls.find(place))?.state]).toEqual([[true], 'held']);
    await controls.act(place, { type: 'type', text: 'hello' }, start);
    await controls.giveBack(place, 'You are logged in now.', start);
    expect((await yieldToPerson({ ...ports, wasHeld: true }))?.join()).toContain('You are logged in now.');
    expect(computer.performed).toEqual(['type 5 characters']);
    expect(await yieldToPerson(ports)).toBeNull();
  });

  it('gets what could not be done, and the model gets that it was not done', async () => {
    const { ports, controls, computer, held } = await takenOver();
    await controls.ask(place, 'ada', start);
    const over = yieldToPerson(ports);
    await held();
    computer.failNext = new ActionProblem('that is off the screen');
    await controls.act(place, { type: 'double_click', x: 9999, y: 4 }, start);
    await expect
      .poll(async () => (await controls.find(place))?.actions)
      .toMatchObject([{ outcome: 'problem', problem: 'that is off the screen' }]);
    await controls.giveBack(place, null, start);
    expect((await over)?.join()).toContain('double click at 9999,4 (not done)');
  });

  it('and hands back at once after typing has it typed first', async () => {
    const { ports, controls, computer } = await takenOver();
    await controls.ask(place, 'ada', start);
    await controls.hold(place, start);
    await controls.act(place, { type: 'type', text: 'hello' }, start);
    await controls.giveBack(place, null, start);
    await controls.ask(place, 'ada', start);
    expect((await controls.find(place))?.actions).toEqual([]);
    await controls.hold(place, start);
    const over = yieldToPerson(ports);
    await controls.act(place, { type: 'type', text: 'hello you' }, start);
    await controls.giveBack(place, null, start);
    expect((await over)?.join()).toContain('type 9 characters.');
    expect(computer.performed).toEqual(['type 9 characters']);
  });

  it('and is not heard of any more gives the browser back by that', async () => {
    const { ports, controls, clock, held } = await takenOver();
    await controls.ask(place, 'ada', start);
    const over = yieldToPerson(ports);
    await held();
    clock.now = new Date(start.getTime() + 100_000);
    await controls.seen(place, clock.now);
    clock.now = new Date(start.getTime() + 210_000);
    await setImmediate();
    expect((await controls.find(place))?.state).toBe('held');
    clock.now = new Date(start.getTime() + 221_000);
    expect((await over)?.join()).toContain('They did nothing in it.');
    expect(await controls.find(place)).toMatchObject({
      state: 'returned',
      note: 'the person was not heard of any more',
    });
  });

  it('keeps the browser over a crash; the action it cut is uncertain, and never done again', async () => {
    const { ports, controls, computer, held } = await takenOver();
    await controls.ask(place, 'ada', start);
    const over = yieldToPerson(ports);
    over.catch(() => undefined);
    await held();
    computer.failNext = new Error('the browser died');
    await controls.act(place, { type: 'keypress', keys: ['Enter'] }, start);
    await expect(over).rejects.toThrow('the browser died');
    const again = yieldToPerson(ports);
    await controls.act(place, { type: 'click', x: 1, y: 1, button: 'left' }, start);
    await expect.poll(() => computer.performed).toEqual(['click at 1,1']);
    await controls.giveBack(place, null, start);
    expect((await again)?.join()).toContain('press Enter (uncertain: it may have happened); click at 1,1.');
  });
});

describe('a loop that a person breaks into', () => {
  it('does not do what the model was about to do, reports to it what happened, and counts none of the time', async () => {
    const { ports, computer, requests, newest } = scripted([
      callResponse('r1', [click(1)]),
      textResponse('r2', 'done'),
    ]);
    let asked = 0;
    let later = 0;
    const end = await runLoop(task, firstCheckpoint, {
      ...ports,
      now: () => ports.now() + later,
      person: async () => {
        asked += 1;
        if (asked !== 2) return null;
        later = 3_600_000;
        return ['A person took over.'];
      },
    });
    expect(end).toMatchObject({ reason: 'done' });
    expect(computer.performed).toEqual([]);
    expect(textsOf(requests[1])).toBe('[call_r1]\nA person took over.');
    expect(newest().activeMilliseconds).toBeLessThan(60_000);
  });
});
