/** The loop and people: what it asks, what it does with the answer, and what it never does without one. */
import { describe, expect, it } from 'vitest';
import type { ComputerAction } from '../../../../activities/computer-use/actions.ts';
import type { Checkpoint } from '../../../../activities/computer-use/loop/checkpoint.ts';
import { runLoop, type LoopTask } from '../../../../activities/computer-use/loop/loop.ts';
import type { ModelResponse } from '../../../../activities/ports.ts';
import { approvalPolicy, type ApprovalAnswer } from '../../../../workflows/contract/computer-use/approvals.ts';
import type { ApprovalPolicy } from '../../../../workflows/contract/lead-magnets/lead-magnet.ts';
import { firstCheckpoint } from '../../../../activities/computer-use/loop/checkpoint.ts';
import { callResponse, click, textResponse } from '../../../support/llm/responses.ts';
import { scripted, task, textsOf } from '../../../support/computer-use/scripted-loop.ts';

const check = { id: 's', code: 'malicious_instructions', message: 'Look at this.' };
const typing: ComputerAction = { type: 'type', text: 'hello' };

function checked(id: string, actions: readonly ComputerAction[]): ModelResponse {
  return { ...textResponse(id, ''), computerCalls: [{ callId: `call_${id}`, actions, safetyChecks: [check] }] };
}

function withPolicy(policy: ApprovalPolicy): LoopTask {
  return { ...task, approvals: approvalPolicy(policy) };
}

function answer(decision: 'approve' | 'refuse', note: string | null = null): ApprovalAnswer {
  return { requestId: 'visit-1-1', decision, by: 'ada', note };
}

const acknowledgedIn = (script: ReturnType<typeof scripted>, request: number): readonly string[] =>
  script.requests[request]?.input.flatMap((part) =>
    part.type === 'computer_result' ? part.acknowledgedSafetyChecks.map(({ id }) => id) : [],
  ) ?? [];

describe('a safety check', () => {
  const responses = [callResponse('r1', [click(1)]), checked('r2', [click(2), typing]), textResponse('r3', 'found')];

  it('stops the loop before anything is done, and asks in words', async () => {
    const script = scripted(responses);
    const end = await runLoop(task, firstCheckpoint, script.ports);
    expect(end).toMatchObject({
      reason: 'awaiting_approval',
      approval: {
        number: 1,
        about: 'safety_checks',
        callId: 'call_r2',
        url: 'https://site.example/',
        hash: 'screen 1',
        question: "The model's provider warns: Look at this. The model wants to: click at 2,1; type 5 characters.",
      },
    });
    expect(script.computer.performed).toEqual(['click at 1,1']);
    expect(script.newest().approval).toMatchObject({ number: 1 });
  });

  it('that is approved is acknowledged in the answer to its call, after its actions', async () => {
    const script = scripted(responses);
    await runLoop(task, firstCheckpoint, script.ports);
    const end = await runLoop(task, script.newest(), script.ports, answer('approve'));
    expect(end).toMatchObject({ reason: 'done', text: 'found' });
    expect(script.computer.performed).toEqual(['click at 1,1', 'click at 2,1', 'type 5 characters']);
    expect(textsOf(script.requests[2])).toBe('[call_r2]');
    expect(acknowledgedIn(script, 2)).toEqual(['s']);
  });

  it('that is refused is never acknowledged: the conversation goes on from before the call, and says so', async () => {
    const script = scripted(responses);
    await runLoop(task, firstCheckpoint, script.ports);
    const end = await runLoop(task, script.newest(), script.ports, answer('refuse', 'not on this site'));
    expect(end).toMatchObject({ reason: 'done' });
    expect(script.computer.performed).toEqual(['click at 1,1']);
    const last = script.requests[2];
    expect(last?.previousResponseId).toBe('r1');
    expect(textsOf(last)).toMatch(/^\[call_r1\]\nA person was asked and refused your last actions\..*not on this site/);
    expect(script.requests.flatMap((_request, index) => acknowledgedIn(script, index))).toEqual([]);
  });

  it('in the first answer, when refused, begins the conversation anew with the goal', async () => {
    const script = scripted([checked('r1', [click(1)]), textResponse('r2', 'ok')]);
    await runLoop(task, firstCheckpoint, script.ports);
    await runLoop(task, script.newest(), script.ports, answer('refuse'));
    expect(script.requests[1]?.previousResponseId).toBeNull();
    expect(textsOf(script.requests[1])).toContain('find it\nA person was asked and refused');
  });

  it('needs no person when the policy names its code, and only then', async () => {
    const named = scripted(responses);
    const end = await runLoop(withPolicy({ acknowledge: [check.code] }), firstCheckpoint, named.ports);
    expect(end).toMatchObject({ reason: 'done' });
    expect(acknowledgedIn(named, 2)).toEqual(['s']);
    const other = scripted(responses);
    expect(
      await runLoop(withPolicy({ acknowledge: ['sensitive_domain'] }), firstCheckpoint, other.ports),
    ).toMatchObject({ reason: 'awaiting_approval' });
  });

  it('of a call that was under way in a crash is not passed over: the call is gone back from', async () => {
    const script = scripted(responses);
    await runLoop(task, firstCheckpoint, script.ports);
    const unasked: Checkpoint = { ...script.newest(), approval: null };
    const end = await runLoop(task, unasked, script.ports);
    expect(end).toMatchObject({ reason: 'done' });
    expect(script.requests[2]?.previousResponseId).toBe('r1');
    expect(textsOf(script.requests[2])).toContain(
      'What you asked for last did not run: click at 2,1; type 5 characters.',
    );
    expect(script.computer.performed).toEqual(['click at 1,1']);
  });
});

describe('a risky action', () => {
  const risky = withPolicy({ risky: [{ action: 'type' }] });
  const responses = [callResponse('r1', [click(1), typing, click(2)]), textResponse('r2', 'sent')];

  async function asked() {
    const script = scripted(responses);
    script.computer.target = { words: 'Message', presses: false };
    const end = await runLoop(risky, firstCheckpoint, script.ports);
    return { ...script, end };
  }

  it('is asked for when the actions before it are done, each once', async () => {
    const { end, computer, newest } = await asked();
    expect(end).toMatchObject({
      reason: 'awaiting_approval',
      approval: { about: 'action', question: 'type 5 characters on “Message”: “hello”', hash: 'screen 1', times: 1 },
    });
    expect(computer.performed).toEqual(['click at 1,1']);
    expect(newest().call).toMatchObject({ done: 1, begun: false });
  });

  it('that is approved is done, and the rest of the batch after it', async () => {
    const { computer, ports, newest, kept, requests } = await asked();
    const end = await runLoop(risky, newest(), ports, answer('approve'));
    expect(end).toMatchObject({ reason: 'done', text: 'sent' });
    expect(computer.performed).toEqual(['click at 1,1', 'type 5 characters', 'click at 2,1']);
    const marks = kept.flatMap(({ call }) => (call === null ? [] : [[call.done, call.begun]]));
    expect(marks.slice(-4)).toEqual([
      [2, false],
      [2, true],
      [3, false],
      [3, false],
    ]);
    expect(textsOf(requests[1])).toBe('[call_r1]');
  });

  it('that is refused is not done, nor are those after it; the model gets the refusal, in the same conversation', async () => {
    const { computer, ports, newest, requests } = await asked();
    await runLoop(risky, newest(), ports, answer('refuse', 'too early'));
    expect(computer.performed).toEqual(['click at 1,1']);
    expect(requests[1]?.previousResponseId).toBe('r1');
    expect(textsOf(requests[1])).toBe(
      '[call_r1]\nA person was asked and refused this action: type 5 characters on “Message”: “hello”. They said: too early ' +
        'Neither it nor the 1 after it ran. Do not try the same in another way. Go on without it, or answer with what you have.',
    );
  });

  it('is still reported as refused when the worker dies before it could say so', async () => {
    const { ports, newest, requests } = await asked();
    const dying = { ...ports, ask: () => Promise.reject(new Error('crash')) };
    await expect(runLoop(risky, newest(), dying, answer('refuse'))).rejects.toThrow('crash');
    await runLoop(risky, newest(), ports, answer('refuse'));
    expect(textsOf(requests[1])).toContain('A person was asked and refused this action');
  });

  it('without an answer is asked again as the same question, and nothing is looked at', async () => {
    const { computer, ports, newest, end } = await asked();
    const again = await runLoop(risky, newest(), { ...ports, look: () => Promise.reject(new Error('looked')) });
    expect(again).toEqual(end);
    expect(computer.performed).toEqual(['click at 1,1']);
  });

  it('is done once: an approval that a crash has used up is no approval for the next attempt', async () => {
    const { computer, ports, newest, requests } = await asked();
    const dying = {
      ...ports,
      keep: async (checkpoint: Checkpoint) => {
        await ports.keep(checkpoint);
        if (checkpoint.call?.done === 1 && checkpoint.call.begun) throw new Error('crash');
      },
    };
    await expect(runLoop(risky, newest(), dying, answer('approve'))).rejects.toThrow('crash');
    await runLoop(risky, newest(), ports, answer('approve'));
    expect(computer.performed).toEqual(['click at 1,1']);
    expect(textsOf(requests[1])).toContain('it may have happened: type 5 characters');
  });

  it('is asked for again, with the new picture, when the page has changed, and given up the third time', async () => {
    const { computer, ports, newest, requests } = await asked();
    await computer.perform(click(9));
    expect(await runLoop(risky, newest(), ports, answer('approve'))).toMatchObject({
      reason: 'awaiting_approval',
      approval: { number: 2, hash: 'screen 2', times: 2, question: expect.stringContaining('The page has changed') },
    });
    // The same screen, but another control under the pointer.
    computer.target = { words: 'Card number', presses: false };
    expect(await runLoop(risky, newest(), ports, answer('approve'))).toMatchObject({
      approval: { number: 3, words: 'Card number', times: 3 },
    });
    await computer.perform(click(9));
    expect(await runLoop(risky, newest(), ports, answer('approve'))).toMatchObject({ reason: 'done' });
    expect(computer.performed).not.toContain('type 5 characters');
    expect(textsOf(requests[1])).toContain('the page changed each time one was asked');
  });

  it('behind a safety check is asked for by itself: one answer never stands for two questions', async () => {
    const script = scripted([checked('r1', [typing]), textResponse('r2', 'sent')]);
    await runLoop(risky, firstCheckpoint, script.ports);
    const second = await runLoop(risky, script.newest(), script.ports, answer('approve'));
    expect(second).toMatchObject({ reason: 'awaiting_approval', approval: { number: 2, about: 'action' } });
    await runLoop(risky, script.newest(), script.ports, answer('refuse'));
    expect(script.computer.performed).toEqual([]);
    expect(acknowledgedIn(script, 1)).toEqual(['s']);
    expect(script.requests[1]?.previousResponseId).toBe('r1');
  });
});

describe('the time that a person takes', () => {
  it('is not active time: the budget counts none of it', async () => {
    const script = scripted([checked('r1', [click(1)]), textResponse('r2', 'found')]);
    await runLoop(task, firstCheckpoint, script.ports);
    const before = script.newest().activeMilliseconds;
    let clock = 24 * 3_600_000;
    const later = { ...script.ports, now: () => (clock += 100) };
    expect(await runLoop(task, script.newest(), later, answer('approve'))).toMatchObject({ reason: 'done' });
    expect(script.newest().activeMilliseconds - before).toBeLessThan(5_000);
  });
});
