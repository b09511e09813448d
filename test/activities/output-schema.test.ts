import { describe, expect, it } from 'vitest';
import { createOutputReader } from '../../activities/output-schema.ts';
import type { JsonObject } from '../../workflows/contract/json.ts';

const reading = createOutputReader({ type: 'object', properties: { a: { type: 'integer' } } });
const value = { a: 1 };

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
  const recursive: JsonObject = {
    $ref: '#/$defs/list',
    $defs: {
      list: {
        anyOf: [
          { type: 'array', items: { $ref: '#/$defs/list' } },
          { type: 'array', items: { $ref: '#/$defs/list' } },
          { type: 'null' },
        ],
      },
    },
  };

  it('as is a schema that refers to itself, with the same verdict', async () => {
    const read = await createOutputReader(recursive);
    expect(await read('[[null]]')).toEqual({ ok: true, value: [[null]] });
    expect(await read('[[1]]')).toEqual({ ok: false, problem: expect.stringContaining('must be') });
  });

  it('which ends at a limit of time, where it would take years', async () => {
    const read = await createOutputReader(recursive);
    const { ok, ...rest } = await read(`${'['.repeat(60)}1${']'.repeat(60)}`);
    expect([ok, rest]).toEqual([
      false,
      { problem: expect.stringContaining('it cannot be judged by the schema: the work') },
    ]);
  });

  it('as is a long answer, and one that is nested too deeply is told so', async () => {
    const read = await createOutputReader({ type: 'array', items: { type: 'integer' } });
    const numbers = Array.from({ length: 100_000 }, (_, index) => index);
    expect(await read(JSON.stringify(numbers))).toEqual({ ok: true, value: numbers });
    expect(await read(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)).toEqual({
      ok: false,
      problem: 'it nests deeper than 64 levels; make it flatter',
    });
  });

  it('a schema that cannot be used is told before anything is judged', async () => {
    await expect(createOutputReader({ pattern: '(?=a)' })).rejects.toThrow('looks ahead or behind');
    await expect(createOutputReader({ uniqueItems: true, pattern: '(?=a)' })).rejects.toThrow('looks ahead or behind');
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
