import { describe, expect, it } from 'vitest';
import { workHash } from '../../../activities/tools/prompts.ts';
import { toTurn } from '../../../store/tools/turns.ts';
import { tools } from '../../../workflows/contract/tools/catalogue.ts';
import { scriptedModel, toolRun } from '../../support/tools/tool-run.ts';

const asking = tools.filter(({ name }) => name !== 'list_models' && name !== 'status');
const sentence = 'Answer in Brazilian Portuguese (pt-BR), whatever the language of the question.';

describe('T12: the language of the answers', () => {
  it.each(asking.map((tool) => [tool.name, tool] as const))(
    'is part of the instructions of every call to a model by %s',
    async (name, tool) => {
      const run = await toolRun(scriptedModel([]), 'pt-BR');
      const id = await run.accept(name, tool.sample({ model: 'm', mark: 'one' }));
      await run.turn(id);
      const own = run.model.asked.length;
      if (tool.expertInstructions !== null) await run.expert(id);
      expect(own).toBeGreaterThan(0);
      expect(run.model.asked).toHaveLength(own + (tool.expertInstructions === null ? 0 : 1));
      for (const { instructions } of run.model.asked) expect(instructions).toContain(sentence);
    },
  );

  it('is left to the model when none is set', async () => {
    const run = await toolRun(scriptedModel([]));
    await run.turn(await run.accept('chat', { prompt: 'Warum?' }));
    expect(run.model.asked[0]?.instructions).not.toContain('Answer in');
  });

  it('distinguishes the work of an expert from the same work in another language', async () => {
    const run = await toolRun(scriptedModel([]));
    const id = await run.accept('debug', { step: 1, total_steps: 1, task: 'find the leak', findings: 'memory grows' });
    const row = await run.store.toolRequests.find(id);
    if (row === null) throw new Error('the request is not there');
    const hashes = [null, 'de', 'pt-BR'].map((locale) => workHash([], toTurn(row), { model: 'm', files: [], locale }));
    expect(new Set(hashes).size).toBe(3);
  });
});
