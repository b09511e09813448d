import { describe, expect, it } from 'vitest';
import { ActionProblem } from '../../../../activities/computer-use/actions.ts';
import { firstCheckpoint, type Checkpoint } from '../../../../activities/computer-use/loop/checkpoint.ts';
import { runLoop, type LoopPorts } from '../../../../activities/computer-use/loop/loop.ts';
import { callResponse, click, textResponse } from '../../../support/llm/responses.ts';
import { scripted, task, textsOf } from '../../../support/computer-use/scripted-loop.ts';

describe('the loop', () => {
  it('asks, acts and answers each call with the screen until the model is done', async () => {
    const { ports, computer, requests } = scripted([
      callResponse('r1', [click(1), { type: 'type', text: 'hello' }]),
      callResponse('r2', [click(2)]),
      textResponse('r3', 'found'),
    ]);
    const end = await runLoop(task, firstCheckpoint, ports);
    expect(end).toMatchObject({ reason: 'done', text: 'found' });
    expect(computer.performed).toEqual(['click at 1,1', 'type 5 characters', 'click at 2,1']);
    expect(requests.map(({ previousResponseId }) => previousResponseId)).toEqual([null, 'r1', 'r2']);
    expect(textsOf(requests[1])).toBe('[call_r1]');
  });

  it('A04: ends by type, with what was said, when a budget is reached', async () => {
    const responses = Array.from({ length: 9 }, (_, index) => ({
      ...callResponse(`r${index}`, [click(index)]),
      text: `turn ${index + 1}`,
    }));
    const iterations = await runLoop(
      { ...task, budget: { ...task.budget, iterations: 3 } },
      firstCheckpoint,
      scripted(responses).ports,
    );
    expect(iterations).toEqual({
      reason: 'iteration_limit',
      message: 'the step used 3 of 3 iterations',
      text: 'turn 3',
    });
    const usd = await runLoop(
      { ...task, budget: { ...task.budget, usd: 0.02 } },
      firstCheckpoint,
      scripted(responses).ports,
    );
    expect(usd.reason).toBe('budget');
    const time = await runLoop(
      { ...task, budget: { ...task.budget, seconds: 1 } },
      firstCheckpoint,
      scripted(responses).ports,
    );
    expect(time.reason).toBe('time_limit');
  });

  it('A04: ends by its time while the model still thinks, and warns before', async () => {
    const { ports, kept, warnings } = scripted([]);
    const asked: boolean[] = [];
    const thinking: LoopPorts = {
      ...ports,
      ask: async (_request, { mayGoOn }) => {
        for (;;) {
          const more = await mayGoOn();
          asked.push(more);
          if (!more) return null;
        }
      },
    };
    const end = await runLoop({ ...task, budget: { ...task.budget, seconds: 8 } }, firstCheckpoint, thinking);
    expect(end).toMatchObject({ reason: 'time_limit' });
    expect(asked.filter((more) => !more)).toHaveLength(1);
    expect(warnings).toEqual([expect.stringContaining('over 80 % of a budget is used: 6.')]);
    // The time is kept while it passes, not only at the end.
    const times = kept.map(({ activeMilliseconds }) => activeMilliseconds);
    expect(times.filter((time) => time >= 5_000 && time < 8_000).length).toBeGreaterThan(1);
  });

  it('A04: counts what was paid for answers of no use', async () => {
    const { ports } = scripted([callResponse('r1', [click(1)]), callResponse('r2', [click(2)])]);
    const paidBefore: LoopPorts = {
      ...ports,
      ask: async (...asked) => {
        const answer = await ports.ask(...asked);
        return answer === null ? null : { ...answer, spent: { ...answer.spent, costUsd: 0.5 } };
      },
    };
    const end = await runLoop({ ...task, budget: { ...task.budget, usd: 0.4 } }, firstCheckpoint, paidBefore);
    expect(end).toMatchObject({ reason: 'budget' });
  });

  it('A04: ends by type when an answer is cut, with what there is of it', async () => {
    const problem = { code: 'incomplete', message: 'max_output_tokens' };
    const { ports, computer } = scripted([
      { ...callResponse('r1', [click(1)]), status: 'incomplete', text: 'half an', problem },
    ]);
    const end = await runLoop(task, firstCheckpoint, ports);
    expect(end).toEqual({ reason: 'cut', message: "the model's answer was cut: max_output_tokens", text: 'half an' });
    expect(computer.performed).toEqual([]);
  });

  it('A10: warns once when 80 % of a budget is used', async () => {
    const responses = Array.from({ length: 9 }, (_, index) => callResponse(`r${index}`, [click(index)]));
    const { ports, warnings } = scripted(responses);
    await runLoop({ ...task, budget: { ...task.budget, iterations: 5 } }, firstCheckpoint, ports);
    expect(warnings).toEqual(['over 80 % of a budget is used: 4 of 5 iterations']);
  });

  it('reports an action that cannot be done to the model, and runs none of those after it', async () => {
    const { ports, computer, requests } = scripted([
      callResponse('r1', [click(1), click(2)]),
      textResponse('r2', 'ok'),
    ]);
    computer.failNext = new ActionProblem('there is no key named X');
    await runLoop(task, firstCheckpoint, ports);
    expect(computer.performed).toEqual([]);
    expect(textsOf(requests[1])).toContain(
      'Action 1 of 2 could not be done: click at 1,1: there is no key named X. The 1 action after it did not run.',
    );
  });

  it('reports an action that is not one to the model, and maps it to nothing near', async () => {
    const unknown = { type: 'unknown' as const, described: '{"type":"teleport"}' };
    const first = { ...callResponse('r1', []), computerCalls: [{ callId: 'c', actions: [unknown], safetyChecks: [] }] };
    const { ports, computer, requests } = scripted([first, textResponse('r2', 'ok')]);
    await runLoop(task, firstCheckpoint, ports);
    expect(computer.performed).toEqual([]);
    expect(textsOf(requests[1])).toContain('teleport');
  });

  it('nudges once and then stops when nothing changes on the screen', async () => {
    const { ports, computer, requests } = scripted(
      Array.from({ length: 20 }, (_, index) => callResponse(`r${index}`, [click(1)])),
    );
    computer.frozen = true;
    const end = await runLoop(task, firstCheckpoint, ports);
    expect(end.reason).toBe('blocked');
    expect(requests.filter((request) => textsOf(request).includes('has not changed'))).toHaveLength(1);
  });

  it('sends an answer that does not fit back once, then ends', async () => {
    const { ports, requests } = scripted([textResponse('r1', 'x'), textResponse('r2', 'y')]);
    const end = await runLoop(task, firstCheckpoint, { ...ports, verify: () => 'it is not JSON' });
    expect(textsOf(requests[1])).toContain('it is not JSON');
    expect(end).toMatchObject({ reason: 'blocked', text: 'y' });
  });

  it('keeps an answer that was not judged, and asks for no other', async () => {
    const { ports, requests } = scripted([textResponse('r1', 'x')]);
    const end = await runLoop(task, firstCheckpoint, { ...ports, verify: () => ({ unjudged: 'it takes too long' }) });
    expect(end).toMatchObject({ reason: 'blocked', text: 'x', message: expect.stringContaining('it takes too long') });
    expect(requests).toHaveLength(1);
  });
});

describe('A05: after a crash', () => {
  const script = [callResponse('r1', [click(1), click(2), click(3)]), textResponse('r2', 'done')];

  it('an action that was begun is reported as uncertain and never repeated blindly', async () => {
    const { ports, computer, kept } = scripted(script, { crashWhen: ({ call }) => call?.done === 1 && call.begun });
    await expect(runLoop(task, firstCheckpoint, ports)).rejects.toThrow('crash');
    expect(computer.performed).toEqual(['click at 1,1']);
    const checkpoint = kept.at(-1) ?? firstCheckpoint;

    const second = scripted(script);
    const end = await runLoop(task, checkpoint, second.ports);
    expect(end).toMatchObject({ text: 'done' });
    expect(second.computer.performed).toEqual([]);
    const reported = textsOf(second.requests[0]);
    expect(reported).toContain('Of the 3 actions you asked for last, 1 ran: click at 1,1.');
    expect(reported).toContain('This one is uncertain, it may have happened: click at 2,1.');
    expect(reported).toContain('These did not run: click at 3,1.');
    expect(reported).toContain('[call_r1]');
  });

  it('an answer that was under way is used without paying again, and its actions are not done on another screen', async () => {
    const first = scripted(script);
    const kept: Checkpoint[] = [];
    const dying: LoopPorts = {
      ...first.ports,
      keep: async (checkpoint) => {
        if (checkpoint.iteration === 1) throw new Error('crash');
        kept.push(checkpoint);
      },
    };
    await expect(runLoop(task, firstCheckpoint, dying)).rejects.toThrow('crash');
    const checkpoint = kept.at(-1) ?? firstCheckpoint;
    expect(checkpoint.asking).toBe(true);

    // The new browser shows another screen than the one that the answer was given to.
    await first.computer.perform(click(9));
    const end = await runLoop(task, checkpoint, first.ports);
    expect(end).toMatchObject({ text: 'done' });
    expect(first.computer.performed).toEqual(['click at 9,1']);
    expect(first.requests).toHaveLength(2);
    expect(textsOf(first.requests[1])).toContain('Of the 3 actions you asked for last, 0 ran.');
  });

  it('a last answer that was not judged yet is judged, without asking again', async () => {
    const dying = scripted(script, { crashWhen: ({ iteration }) => iteration === 2 });
    await expect(runLoop(task, firstCheckpoint, dying.ports)).rejects.toThrow('crash');
    for (const sameBrowser of [true, false]) {
      const { ports, requests } = scripted(script, { sameBrowser });
      const reviewed: string[] = [];
      const review: LoopPorts['review'] = async ({ id, text }) => void reviewed.push(`${id}: ${text}`);
      // Its last iteration was used up by that answer.
      const spent = { ...task, budget: { ...task.budget, iterations: 2 } };
      const end = await runLoop(spent, dying.newest(), { ...ports, review });
      expect(end).toEqual({ reason: 'done', message: 'the model is done', text: 'done' });
      expect([requests, reviewed]).toEqual([[], ['r2: done']]);
    }
  });

  it('the model still gets what was wrong with an answer that was sent back', async () => {
    const answers = [textResponse('r1', 'x'), textResponse('r2', 'y')];
    const verify: LoopPorts['verify'] = (text) => (text === 'x' ? 'it is not JSON' : undefined);
    const dying = scripted(answers, { crashWhen: ({ sentBack }) => sentBack === 1 });
    await expect(runLoop(task, firstCheckpoint, { ...dying.ports, verify })).rejects.toThrow('crash');
    const { ports, requests } = scripted(answers, { sameBrowser: true });
    const end = await runLoop(task, dying.newest(), { ...ports, verify });
    expect(end).toMatchObject({ reason: 'done', text: 'y' });
    expect(textsOf(requests[0])).toContain('it is not JSON');
  });

  it('budgets go on from where they stood', async () => {
    const spent: Checkpoint = {
      ...firstCheckpoint,
      iteration: 4,
      asking: true,
      responseId: 'r4',
      activeMilliseconds: 900_000,
    };
    const { ports, requests } = scripted([]);
    expect(await runLoop(task, spent, ports)).toMatchObject({ reason: 'time_limit' });
    const iterations = { ...task, budget: { ...task.budget, iterations: 4 } };
    expect(await runLoop(iterations, { ...spent, activeMilliseconds: 0 }, ports)).toMatchObject({
      reason: 'iteration_limit',
    });
    expect(requests).toEqual([]);
  });
});

it('leaves the call to a later attempt when its checkpoint cannot be written', async () => {
  const { ports } = scripted([]);
  const left: LoopPorts = {
    ...ports,
    keep: async ({ asking }) => {
      if (asking) throw new Error('the store is away');
    },
    ask: (_request, { signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
      }),
  };
  await expect(runLoop(task, firstCheckpoint, left)).rejects.toThrow('the store is away');
});
