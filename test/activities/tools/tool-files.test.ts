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
    expect(asked).toContain(
      '(the file large.txt is left out: the files and the earlier turns have more than 120000 tokens)',
    );
    expect(asked).toContain('the small one');
    expect(asked.length).toBeLessThan(2000);
  });

  it('of the present question come before the earlier turns', async () => {
    const run = await toolRun(scriptedModel(['a word and another '.repeat(20_000)]));
    const one = await run.accept('chat', { prompt: 'first' });
    await run.turn(one);
    const { conversationId = '' } = (await run.store.toolRequests.find(one)) ?? {};
    const next = { prompt: 'And this?', continuation_id: conversationId };
    const files = { 'asked.txt': `the file in question ${'one more word '.repeat(20_000)}` };
    await run.turn(await run.accept('chat', next, { files }));
    const asked = JSON.stringify(run.model.asked[1]?.input);
    expect(asked).toContain('the file in question');
    expect(asked).toMatch(/earlier turns are left out.*: 1\)/);
  });

  it('that are sent again belong to the present question, whatever else has their content', async () => {
    const run = await toolRun(scriptedModel([]));
    const one = await run.accept('chat', { prompt: 'Look' }, { files: { 'a.ts': 'old a', 'b.ts': 'the b' } });
    await run.turn(one);
    const { conversationId = '' } = (await run.store.toolRequests.find(one)) ?? {};
    const next = { prompt: 'And now?', continuation_id: conversationId };
    await run.turn(await run.accept('chat', next, { files: { 'a.ts': 'the b' } }));
    expect(JSON.stringify(run.model.asked[1]?.input)).toContain('=== file a.ts ===\\nthe b');
  });

  it('of earlier turns keep room beside long turns, the newest first', async () => {
    const run = await toolRun(scriptedModel([]));
    const word = 'one more word ';
    const one = await run.accept('chat', { prompt: 'Look' }, { files: { 'old.txt': word.repeat(15_000) } });
    await run.turn(one);
    const { conversationId = '' } = (await run.store.toolRequests.find(one)) ?? {};
    const said = [word.repeat(12_000), word.repeat(11_000)];
    for (const [index, answer] of said.entries()) {
      const next = { prompt: `question ${index}`, continuation_id: conversationId };
      const id = await run.accept('chat', next, { files: { 'new.txt': `${index} ${word.repeat(15_000)}` } });
      await run.store.toolRequests.answered(id, answer);
    }
    await run.turn(await run.accept('chat', { prompt: 'And now?', continuation_id: conversationId }));
    const asked = JSON.stringify(run.model.asked.at(-1)?.input);
    expect(asked).toMatch(/: 1\).*question 1.*\(the file old\.txt is left out.*=== file new\.txt ===\\n1 one more/);
  });

  it('fit by their tokens, whatever special words they have', () => {
    const fitting = (texts: readonly string[], tokens: number) => fittingTexts({ groups: [{ texts, tokens }], tokens });
    expect(fitting(['one two three', '<|endoftext|>', 'x'.repeat(5000)], 20)).toEqual([0, 1]);
    expect(fitting(['one two three', 'four five'], 3)).toEqual([0]);
  });

  it('of a group take no more than its part, and leave the rest to the next group', () => {
    const groups = [
      { texts: ['one two', 'three four'], tokens: 3 },
      { texts: ['five six', 'seven'], tokens: 9 },
    ];
    expect(fittingTexts({ groups, tokens: 5 })).toEqual([0, 2, 3]);
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
