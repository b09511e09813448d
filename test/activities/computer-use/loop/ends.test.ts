/** The ends of a loop that need a person or that the model causes: each has its type and its partial result. */
import { describe, expect, it } from 'vitest';
import { firstCheckpoint } from '../../../../activities/computer-use/loop/checkpoint.ts';
import { runLoop } from '../../../../activities/computer-use/loop/loop.ts';
import type { ModelResponse } from '../../../../activities/ports.ts';
import { approvalPolicy } from '../../../../workflows/contract/computer-use/approvals.ts';
import { callResponse, click, textResponse } from '../../../support/llm/responses.ts';
import { scripted, task } from '../../../support/computer-use/scripted-loop.ts';

const saying = (response: ModelResponse, text: string): ModelResponse => ({ ...response, text });
const needsPerson = (given: string): ModelResponse => ({
  ...textResponse('r2', ''),
  functionCalls: [{ callId: 'call_2', name: 'needs_person', arguments: given }],
});

describe('a loop ends for a person', () => {
  it('when the model says so, with what it said before', async () => {
    const { ports, requests, newest } = scripted([
      saying(callResponse('r1', [click(1)]), 'Two prices so far'),
      needsPerson('{"kind":"captcha","why":"A puzzle with traffic lights."}'),
    ]);
    const end = await runLoop(task, firstCheckpoint, ports);
    expect(end).toEqual({
      reason: 'needs_person',
      message: 'solving a captcha is left to a person: A puzzle with traffic lights.',
      text: 'Two prices so far',
    });
    expect(requests[0]?.functions?.map(({ name }) => name)).toEqual(['needs_person']);
    // Kept with the answer: an attempt after a crash could not go on from a call that has no output.
    expect(newest()).toMatchObject({ iteration: 2, ended: end });
  });

  it('also when the model says so in words that are no JSON', async () => {
    const { ports } = scripted([needsPerson('{"kind":')]);
    const end = await runLoop(task, firstCheckpoint, ports);
    expect(end).toMatchObject({ reason: 'needs_person', message: expect.stringContaining('did not say why') });
  });

  it('before an action that is for a person alone, and does not do it', async () => {
    const { ports, computer } = scripted([saying(callResponse('r1', [click(1), click(2)]), 'At the till')]);
    computer.forPerson = 'payment';
    expect(await runLoop(task, firstCheckpoint, ports)).toEqual({
      reason: 'needs_person',
      message: 'paying is left to a person: click at 1,1 on https://site.example/',
      text: 'At the till',
    });
    expect(computer.performed).toEqual([]);
  });

  it('but not where the policy asks a person, who approves that very action', async () => {
    const { ports, computer, newest } = scripted([callResponse('r1', [click(1)]), textResponse('r2', 'paid')]);
    computer.forPerson = 'payment';
    computer.target = { words: 'Pay now', presses: true };
    const approvals = approvalPolicy({ risky: [{ words: ['pay'] }] });
    const asked = await runLoop({ ...task, approvals }, firstCheckpoint, ports);
    expect(asked).toMatchObject({ reason: 'awaiting_approval' });
    const answer = { requestId: 'q1', decision: 'approve' as const, note: null, by: 'ann' };
    const end = await runLoop({ ...task, approvals }, newest(), ports, answer);
    expect(end).toMatchObject({ reason: 'done', text: 'paid' });
    expect(computer.performed).toEqual(['click at 1,1']);
  });
});

describe('a loop ends by the model', () => {
  it('when it declines, with what it said before', async () => {
    const { ports, newest } = scripted([
      saying(callResponse('r1', [click(1)]), 'One price'),
      { ...textResponse('r2', ''), refusal: 'I cannot help with that.' },
    ]);
    const end = await runLoop(task, firstCheckpoint, ports);
    expect(end).toEqual({ reason: 'refused', message: 'I cannot help with that.', text: 'One price' });
    expect(newest().ended).toEqual(end);
  });
});
