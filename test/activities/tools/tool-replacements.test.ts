/** What a caller is told when another model has answered than the one that was asked. */
import { describe, expect, it } from 'vitest';
import { textResponse } from '../../support/llm/responses.ts';
import { scriptedModel, toolRun } from '../../support/tools/tool-run.ts';

const lastStep = { step: 1, total_steps: 1, task: 'find the leak', findings: 'memory grows by 1 MB a request' };
const replaced = async () => ({ ...textResponse('r1', 'from another'), model: 'kimi-k3' });

describe('a model that another took over from', () => {
  it('T03, T22: is named in the result of a tool, beside the one that answered', async () => {
    const run = await toolRun(scriptedModel([replaced]));
    const id = await run.accept('chat', { prompt: 'Why?', model: 'glm-5.2' });
    await run.turn(id);
    expect((await run.store.toolViews.find(id, new Date(run.clock.now())))?.result).toMatchObject({
      answer: 'from another',
      answered_by: { model: 'kimi-k3', replaces: 'glm-5.2' },
      next: expect.stringContaining('kimi-k3 answered in place of glm-5.2.'),
    });
  });

  it('is named for the expert, also when the answer is used again', async () => {
    const run = await toolRun(scriptedModel(['mine', replaced, 'mine']));
    const first = await run.accept('debug', lastStep);
    await run.turn(first);
    await run.expert(first);
    const again = await run.accept('debug', lastStep);
    await run.turn(again);
    await run.expert(again);
    for (const id of [first, again]) {
      expect((await run.store.toolViews.find(id, new Date(run.clock.now())))?.result).toMatchObject({
        answered_by: { model: 'm', replaces: null },
        expert: { answer: 'from another', answered_by: { model: 'kimi-k3', replaces: 'expert' } },
        next: expect.stringContaining('kimi-k3 answered in place of expert.'),
      });
    }
    expect(run.model.asked).toHaveLength(3);
  });

  it('is no replacement when the model that was asked has answered', async () => {
    const run = await toolRun(scriptedModel(['mine']));
    const id = await run.accept('chat', { prompt: 'Why?', model: 'glm-5.2' });
    await run.turn(id);
    const result = (await run.store.toolViews.find(id, new Date(run.clock.now())))?.result;
    expect(result).toMatchObject({ answered_by: { model: 'glm-5.2', replaces: null } });
    expect(JSON.stringify(result)).not.toContain('in place of');
  });
});
