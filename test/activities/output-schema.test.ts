import { describe, expect, it } from 'vitest';
import { createOutputReader, type OutputReader } from '../../activities/output-schema.ts';
import { doublingSchema } from '../support/definitions.ts';

const options = { owner: 'test' };
const reading = createOutputReader({ type: 'object', properties: { a: { type: 'integer' } } }, options);
const value = { a: 1 };

/** Reads a text, and returns whether the event loop could run other work in the meantime. */
async function readWatched(read: OutputReader, text: string) {
  let turned = false;
  setImmediate(() => (turned = true));
  const { ok } = await read(text);
  return { ok, turned };
}

describe("a model's answer", () => {
  it.each([
    ['bare', '{"a":1}'],
    ['in a fenced block', 'Here:\n```json\n{"a":1}\n```\nDone.'],
    ['in a fenced block without a language', '```\n\n{"a":1}\n```'],
    ['in the first block that may be JSON', '```python\nprint()\n```json \r\n{"a":1}\n```'],
  ])('is read as JSON, %s', async (_where, text) => {
    const read = await reading;
    expect(await read(text)).toEqual({ ok: true, value });
  });

  it.each([
    ['fences that nothing closes', '```\nx'.repeat(100_000)],
    ['fences in one line', '```'.repeat(100_000)],
    ['empty lines behind a fence', `\`\`\`${'\n'.repeat(200_000)}x`],
  ])('is not JSON, and is found to be none at once: %s', async (_what, text) => {
    const read = await reading;
    expect(await read(text)).toEqual({ ok: false, problem: 'it is not JSON' });
  });
});

describe('what could take long is judged in a thread', () => {
  it('as is a schema that refers to itself, with the same verdict', async () => {
    const read = await createOutputReader(doublingSchema, options);
    expect(await read('[[null]]')).toEqual({ ok: true, value: [[null]] });
    expect(await read('[[1]]')).toEqual({ ok: false, problem: expect.stringContaining('must be') });
  });

  it('which ends at a limit of time, where it would take years', async () => {
    const read = await createOutputReader(doublingSchema, options);
    const { ok, ...rest } = await read(`${'['.repeat(60)}1${']'.repeat(60)}`);
    expect([ok, rest]).toEqual([
      false,
      { problem: expect.stringContaining('it cannot be judged by the schema: the work'), isUnjudged: true },
    ]);
  });

  it('as is a short answer with many problems, each of which makes an error', async () => {
    const names = Array.from({ length: 40 }, (_, index) => ({ const: `name ${index}` }));
    const read = await createOutputReader({ type: 'array', items: { anyOf: names } }, options);
    const text = JSON.stringify(Array.from({ length: 3_936 }, () => 1));
    const { ok, turned } = await readWatched(read, text);
    expect([ok, turned]).toEqual([false, true]);
  });

  it('as is all of a schema with so many parts that to compile it takes long', async () => {
    const names = Array.from({ length: 60 }, (_, index) => `field ${index}`);
    const properties = Object.fromEntries(names.map((name) => [name, { type: 'string' }]));
    let turned = false;
    setImmediate(() => (turned = true));
    await createOutputReader({ type: 'object', properties }, options);
    expect(turned).toBe(true);
  });

  it('unless it is small', async () => {
    const { ok, turned } = await readWatched(await reading, '{"a":1}');
    expect([ok, turned]).toEqual([true, false]);
  });

  it('which is given up with its caller, with the reason', async () => {
    const read = await createOutputReader(doublingSchema, options);
    const controller = new AbortController();
    const judged = read(`${'['.repeat(60)}1${']'.repeat(60)}`, controller.signal);
    controller.abort(new Error('the job was cancelled'));
    await expect(judged).rejects.toThrow('the job was cancelled');
  });

  it('as is a long answer, and one that is nested too deeply is refused as such', async () => {
    const read = await createOutputReader({ type: 'array', items: { type: 'integer' } }, options);
    const numbers = Array.from({ length: 100_000 }, (_, index) => index);
    expect(await read(JSON.stringify(numbers))).toEqual({ ok: true, value: numbers });
    expect(await read(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)).toEqual({
      ok: false,
      problem: 'it nests deeper than 64 levels; make it flatter',
    });
  });

  it('a schema that cannot be used is reported before anything is judged', async () => {
    await expect(createOutputReader({ pattern: '(?=a)' }, options)).rejects.toThrow('looks ahead or behind');
    await expect(createOutputReader({ uniqueItems: true, pattern: '(?=a)' }, options)).rejects.toThrow(
      'looks ahead or behind',
    );
  });

  it.each([
    [
      '{"a":9007199254740993}',
      'a is 9007199254740993, which no number keeps exactly (beyond 2^53); write it in quotes',
    ],
    ['{"a":1,"a":2}', 'a is named twice; remove one'],
    ['Sure! {"a":1}', 'it is not JSON'],
  ])('does not fit when reading would change it silently, and why is said: %s', async (text, problem) => {
    const read = await reading;
    expect(await read(text)).toEqual({ ok: false, problem });
  });
});
