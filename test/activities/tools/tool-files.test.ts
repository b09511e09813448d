import { describe, expect, it } from 'vitest';
import fittingTexts from '../../../activities/tools/embed-work.ts';
import { scriptedModel, toolRun } from '../../support/tools/tool-run.ts';

const step = { step: 1, total_steps: 1, task: 'find the leak', findings: 'memory grows' };

describe('files of a conversation', () => {
  it('T25: are in the prompts of later turns, the newest of a name, and each content once', async () => {
    const run = await toolRun(scriptedModel([]));
    const one = await run.accept('chat', { prompt: 'Look' }, { files: { 'a.ts': 'old a', 'b.ts': 'the b' } });
    await run.turn(one);
    const { conversationId = '' } = (await run.store.toolRequests.find(one)) ?? {};
    const next = { prompt: 'And now?', continuation_id: conversationId };
    const two = await run.accept('chat', next, { files: { 'a.ts': 'new a', 'copy.ts': 'the b' } });
    await run.turn(two);
    const [first, second] = run.model.asked.map(({ input }) => JSON.stringify(input));
    expect(first).toMatch(/=== file a\.ts ===\\nold a.*=== file b\.ts ===\\nthe b/);
    expect(second).toContain('new a');
    expect(second).not.toContain('old a');
    expect(second?.split('the b')).toHaveLength(2);
  });

  it('are given to the expert of an investigation, and other files are other work', async () => {
    const run = await toolRun(scriptedModel(['look', 'that', 'look', 'this']));
    for (const content of ['let it = be', 'let it = not']) {
      const id = await run.accept('debug', step, { files: { 'a.ts': content } });
      await run.turn(id);
      await run.expert(id);
    }
    const asked = run.model.asked.map(({ input }) => JSON.stringify(input));
    expect(asked.map((text) => text.includes('let it ='))).toEqual([false, true, false, true]);
  });

  it('are left out where they do not fit into the budget of tokens, and the prompt names them', async () => {
    const run = await toolRun(scriptedModel([]));
    const large = 'a word and another '.repeat(50_000);
    const id = await run.accept(
      'chat',
      { prompt: 'Look' },
      { files: { 'large.txt': large, 'small.txt': 'the small one' } },
    );
    await run.turn(id);
    const asked = JSON.stringify(run.model.asked[0]?.input);
    expect(asked).toContain('(the file large.txt is left out: all files together have more than 120000 tokens)');
    expect(asked).toContain('the small one');
    expect(asked.length).toBeLessThan(2000);
  });

  it('fit by their tokens, whatever special words they have', () => {
    expect(fittingTexts({ texts: ['one two three', '<|endoftext|>', 'x'.repeat(5000)], tokens: 20 })).toEqual([0, 1]);
    expect(fittingTexts({ texts: ['one two three', 'four five'], tokens: 3 })).toEqual([0]);
  });

  it('whose tokens take too long to count are judged by their bytes, and the request goes on', async () => {
    const run = await toolRun(scriptedModel([]));
    const id = await run.accept(
      'chat',
      { prompt: 'Look' },
      { files: { 'hostile.txt': '\u4e2d'.repeat(60_000), 'small.txt': 'the small one' } },
    );
    await expect(run.turn(id)).resolves.toEqual({ next: 'end', outcome: 'completed' });
    const asked = JSON.stringify(run.model.asked[0]?.input);
    expect(asked).toContain('(the file hostile.txt is left out');
    expect(asked).toContain('the small one');
  });
});
