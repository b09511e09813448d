import { describe, expect, it } from 'vitest';
import { failure } from '../../../activities/failure.ts';
import { scriptedModel, toolRun } from '../../support/tools/tool-run.ts';

const first = { step: 1, total_steps: 2, task: 'find the leak', findings: 'memory grows' };
const last = { step: 2, total_steps: 2, findings: 'the cache has no bound', hypothesis: 'the cache' };

describe('an investigation', () => {
  it('T26: takes several calls, and the last one asks the expert with all that was found', async () => {
    const run = await toolRun(scriptedModel(['look at the cache', 'that is it', 'bound the cache']));
    const one = await run.accept('debug', { ...first, files_checked: ['a.ts', 'b.ts'] });
    await expect(run.turn(one)).resolves.toEqual({ next: 'end', outcome: 'completed' });
    const { conversationId } = (await run.store.toolRequests.find(one)) ?? {};
    const two = await run.accept('debug', { ...last, continuation_id: conversationId ?? '', files_checked: ['b.ts'] });
    await expect(run.turn(two)).resolves.toEqual({ next: 'expert' });
    await expect(run.expert(two)).resolves.toEqual({ outcome: 'completed' });
    const [, , expert] = run.model.asked;
    expect(expert?.model).toBe('expert');
    expect(JSON.stringify(expert?.input)).toMatch(/find the leak.*memory grows.*the cache has no bound.*that is it/);
    const view = await run.store.toolViews.find(two, new Date(run.clock.now()));
    expect(view?.result).toMatchObject({
      status: 'complete',
      answer: 'that is it',
      expert: { answer: 'bound the cache', reused: false },
      record: { steps: 2, files_checked: ['a.ts', 'b.ts'], hypothesis: 'the cache' },
    });
  });

  it('says after a step how to go on', async () => {
    const run = await toolRun(scriptedModel(['look at the cache']));
    const one = await run.accept('debug', first);
    await run.turn(one);
    const view = await run.store.toolViews.find(one, new Date(run.clock.now()));
    expect(view?.result).toMatchObject({ status: 'continue', next: expect.stringContaining('step 2') });
  });

  it('T18: that is certain ends at once, without asking a model', async () => {
    const run = await toolRun(scriptedModel([]));
    const id = await run.accept('debug', { ...first, confidence: 'certain' });
    await expect(run.turn(id)).resolves.toEqual({ next: 'end', outcome: 'completed' });
    expect(run.model.asked).toEqual([]);
    const view = await run.store.toolViews.find(id, new Date(run.clock.now()));
    expect(view?.result).toMatchObject({ status: 'complete', answer: null, record: { findings: ['memory grows'] } });
  });

  it('asks the expert once for the same findings', async () => {
    const run = await toolRun(scriptedModel(['yes', 'bound the cache', 'yes']));
    const only = { ...first, total_steps: 1 };
    for (const expected of [false, true]) {
      const id = await run.accept('debug', only);
      await run.turn(id);
      await run.expert(id);
      const view = await run.store.toolViews.find(id, new Date(run.clock.now()));
      expect(view?.result).toMatchObject({ expert: { answer: 'bound the cache', reused: expected } });
    }
    expect(run.model.asked).toHaveLength(3);
  });
});

describe('a step that is sent again', () => {
  it('is the same work with the same findings, for which no second expert is paid', async () => {
    const run = await toolRun(scriptedModel(['look', 'that is it', 'bound the cache', 'that is it']));
    const one = await run.accept('debug', first);
    await run.turn(one);
    const { conversationId = '' } = (await run.store.toolRequests.find(one)) ?? {};
    for (const reused of [false, true]) {
      const id = await run.accept('debug', { ...last, continuation_id: conversationId });
      await run.turn(id);
      await run.expert(id);
      const view = await run.store.toolViews.find(id, new Date(run.clock.now()));
      expect(view?.result).toMatchObject({
        expert: { answer: 'bound the cache', reused },
        record: { steps: 2, findings: ['memory grows', 'the cache has no bound'] },
      });
    }
    expect(run.model.asked).toHaveLength(4);
  });

  it('replaces what it said before', async () => {
    const run = await toolRun(scriptedModel([]));
    const one = await run.accept('debug', first);
    await run.turn(one);
    const { conversationId = '' } = (await run.store.toolRequests.find(one)) ?? {};
    for (const step of [
      { ...last, total_steps: 3, issues: [{ severity: 'low', description: 'wrong' }] },
      { ...last, total_steps: 3 },
    ]) {
      await run.turn(await run.accept('debug', { ...step, continuation_id: conversationId }));
    }
    const newest = await run.store.toolViews.find('tool_3', new Date(run.clock.now()));
    expect(newest?.result).toMatchObject({ record: { steps: 2, issues: [] } });
  });
});

describe('a conversation', () => {
  it('T25: is part of the prompt, across tools', async () => {
    const run = await toolRun(scriptedModel(['use a bound', 'look']));
    const one = await run.accept('chat', { prompt: 'How do I keep a cache small?' });
    await run.turn(one);
    const { conversationId = '' } = (await run.store.toolRequests.find(one)) ?? {};
    const two = await run.accept('debug', { ...first, continuation_id: conversationId });
    await run.turn(two);
    expect(JSON.stringify(run.model.asked[1]?.input)).toMatch(
      /turn 1, chat.*How do I keep.*use a bound.*find the leak/,
    );
  });

  it('is told as far as its tokens fit, the newest turns first', async () => {
    const run = await toolRun(scriptedModel(['short', 'a word and another '.repeat(40_000), 'newest']));
    const one = await run.accept('chat', { prompt: 'first' });
    await run.turn(one);
    const { conversationId = '' } = (await run.store.toolRequests.find(one)) ?? {};
    for (const prompt of ['second', 'third', 'fourth']) {
      await run.turn(await run.accept('chat', { prompt, continuation_id: conversationId }));
    }
    const asked = JSON.stringify(run.model.asked[3]?.input);
    expect(asked).toMatch(/earlier turns are left out.*: 1\).*turn 1, chat.*short.*turn 3, chat.*newest.*fourth/);
    expect(asked.length).toBeLessThan(2_000);
  });
});

describe('a call of a tool', () => {
  it('T23: must search the web with true, may with auto and by default, and cannot with false', async () => {
    const run = await toolRun(scriptedModel([]));
    for (const use_web_search of [true, false, 'auto']) {
      await run.turn(await run.accept('chat', { prompt: 'What is new?', use_web_search }));
    }
    await run.turn(await run.accept('chat', { prompt: 'What is new?' }));
    expect(run.model.asked.map(({ webSearch }) => webSearch)).toEqual(['required', undefined, 'allowed', 'allowed']);
  });

  it('is found again by its id after the worker was killed, and paid once', async () => {
    const run = await toolRun(scriptedModel([]));
    const id = await run.accept('chat', { prompt: 'Why?' });
    const key = `${id}/tool`;
    const intended = { key, jobId: id, kind: 'model_call', state: 'intended' as const };
    await run.store.ledger.write({ ...intended, data: { responseId: 'response_9', basis: '', repeats: 0 } });
    run.model.retrieve = async (found) => ({
      id: found,
      status: 'completed',
      text: 'because',
      refusal: null,
      computerCalls: [],
      functionCalls: [],
      usage: { modelCalls: 1, inputTokens: 10, cachedInputTokens: 0, outputTokens: 5, costUsd: 0.01 },
      problem: null,
    });
    await expect(run.turn(id, 2)).resolves.toEqual({ next: 'end', outcome: 'completed' });
    expect(run.model.asked).toEqual([]);
    const view = await run.store.toolViews.find(id, new Date(run.clock.now()));
    expect(view).toMatchObject({ result: { answer: 'because' }, usage: { modelCalls: 1, costUsd: 0.01 } });
  });

  it('T22: that the provider refuses says what to do', async () => {
    const refused = async (): Promise<never> => {
      throw failure('provider_authentication', 'the model provider answered 401: wrong key');
    };
    const run = await toolRun(scriptedModel([refused]));
    const id = await run.accept('chat', { prompt: 'Why?' });
    await expect(run.turn(id)).resolves.toEqual({ next: 'end', outcome: 'failed' });
    expect((await run.store.toolRequests.find(id))?.cut).toMatchObject({
      type: 'provider_authentication',
      advice: expect.stringContaining('operator'),
    });
  });
});
