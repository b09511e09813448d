import { describe, expect, it } from 'vitest';
import { failure } from '../../../activities/failure.ts';
import type { ModelRequest, ModelResponse } from '../../../activities/ports.ts';
import { textResponse } from '../../support/llm/responses.ts';
import { scriptedModel, toolRun } from '../../support/tools/tool-run.ts';

const proposal = {
  prompt: 'Shall we rewrite it?',
  models: [
    { model: 'a', stance: 'for' },
    { model: 'b', stance: 'against' },
  ],
};

/** Answers by the model's name: seats are asked in parallel, so their order is not certain. */
function modelsThatSay(answers: Readonly<Record<string, string>>) {
  const answer = async ({ model }: ModelRequest): Promise<ModelResponse> => {
    const text = answers[model] ?? 'fine';
    const response = textResponse(`response_of_${model}`, text === 'pending' ? '' : text);
    return text === 'pending' ? { ...response, status: 'pending' } : response;
  };
  return scriptedModel(Array.from({ length: 9 }, () => answer));
}

describe('consensus', () => {
  it('T26: asks its models in parallel, each with its stance, and has their views weighed', async () => {
    const run = await toolRun(modelsThatSay({ a: 'yes', b: 'no', expert: 'not now' }));
    const id = await run.accept('consensus', proposal);
    await expect(run.turn(id)).resolves.toEqual({ next: 'expert' });
    await expect(run.expert(id)).resolves.toEqual({ outcome: 'completed' });
    expect(run.model.asked).toHaveLength(3);
    const [first, second, weighing] = ['a', 'b', 'expert'].map((name) =>
      run.model.asked.find(({ model }) => model === name),
    );
    expect(first?.instructions).toContain('argue for');
    expect(second?.instructions).toContain('argue against');
    expect(JSON.stringify(weighing?.input)).toMatch(/view of a, for.*yes.*view of b, against.*no/);
    const view = await run.store.toolViews.find(id, new Date(run.clock.now()));
    expect(view?.result).toMatchObject({
      views: [
        { model: 'a', answer: 'yes' },
        { model: 'b', answer: 'no' },
      ],
      expert: { answer: 'not now' },
    });
  });

  it('goes on without a model that does not answer within the limits, and says so', async () => {
    const run = await toolRun(modelsThatSay({ a: 'pending', b: 'no' }));
    const id = await run.accept('consensus', proposal);
    await expect(run.turn(id)).resolves.toEqual({ next: 'expert' });
    expect(run.model.cancelled).toEqual(['response_of_a']);
    const view = await run.store.toolRequests.find(id);
    expect(JSON.parse(view?.answer ?? '')).toMatchObject([
      { model: 'a', answer: null, problem: expect.stringContaining('cut off after 30 s') },
      { model: 'b', answer: 'no', problem: null },
    ]);
  });

  it('T04, P16: asks a seat that fails again by itself, and pays for no other seat twice', async () => {
    let asksOfB = 0;
    const answers = Array.from({ length: 9 }, () => async ({ model }: ModelRequest): Promise<ModelResponse> => {
      if (model === 'a') return textResponse('a1', 'yes');
      asksOfB += 1;
      if (asksOfB < 3) throw failure('provider_unavailable', 'the model provider answered 503');
      return textResponse('b1', 'no');
    });
    const run = await toolRun(scriptedModel(answers));
    const id = await run.accept('consensus', proposal);
    await expect(run.turn(id)).resolves.toEqual({ next: 'expert' });
    // Seats are asked in parallel: their order is not said.
    expect(run.model.asked.map(({ model }) => model).toSorted()).toEqual(['a', 'b', 'b', 'b']);
    expect(await run.store.modelCalls.usageUnder(id, `${id}/`)).toMatchObject({ modelCalls: 2 });
  });

  it('P16: a panel whose worker died asks neither answered nor stopped seats again', async () => {
    const three = { ...proposal, models: [...proposal.models, { model: 'c', stance: 'neutral' }] };
    let isDead = true;
    const answers = Array.from({ length: 9 }, () => async ({ model }: ModelRequest): Promise<ModelResponse> => {
      if (model === 'a') return textResponse('a1', 'yes');
      if (model === 'b') throw failure('provider_request', 'there is no such model');
      if (isDead) throw new Error('the worker died here');
      return textResponse('c1', 'perhaps');
    });
    const run = await toolRun(scriptedModel(answers));
    const id = await run.accept('consensus', three);
    await expect(run.turn(id, 1)).rejects.toThrow('died');
    isDead = false;
    await expect(run.turn(id, 2)).resolves.toEqual({ next: 'expert' });
    expect(run.model.asked.map(({ model }) => model).toSorted()).toEqual(['a', 'b', 'c', 'c']);
    const kept = await run.store.toolRequests.find(id);
    expect(JSON.parse(kept?.answer ?? '')).toMatchObject([
      { answer: 'yes', problem: null },
      { answer: null, problem: expect.stringContaining('no such model') },
      { answer: 'perhaps', problem: null },
    ]);
  });

  it('T03: lets no other model take a seat, whatever the order of those that take over', async () => {
    const run = await toolRun(modelsThatSay({ a: 'yes', b: 'no', expert: 'not now' }));
    const id = await run.accept('consensus', proposal);
    await run.turn(id);
    await run.expert(id);
    expect(run.model.asked.map(({ isReplaceable }) => isReplaceable)).toEqual([false, false, undefined]);
  });

  it('fails when no model answers', async () => {
    const refused = async (): Promise<never> => {
      throw failure('provider_request', 'there is no such model');
    };
    const run = await toolRun(scriptedModel([refused, refused]));
    const id = await run.accept('consensus', proposal);
    await expect(run.turn(id)).resolves.toEqual({ next: 'end', outcome: 'failed' });
  });
});

describe('tools that need no model', () => {
  it('T26: list_models and status answer by themselves', async () => {
    const run = await toolRun(scriptedModel([]));
    const models = await run.accept('list_models', {});
    await expect(run.turn(models)).resolves.toEqual({ next: 'end', outcome: 'completed' });
    const now = new Date(run.clock.now());
    expect((await run.store.toolViews.find(models, now))?.result).toMatchObject({
      models: { default: 'm', expert: 'expert', priced: ['own'] },
    });
    const state = await run.accept('status', {});
    await run.turn(state);
    expect((await run.store.toolViews.find(state, now))?.result).toMatchObject({
      state: { requests: { queued: 0, running: 1, ended: 1 } },
    });
    expect(run.model.asked).toEqual([]);
  });
});
