import { describe, expect, it } from 'vitest';
import { createOutputReader } from '../../activities/output-schema.ts';

const read = createOutputReader({ type: 'object', properties: { a: { type: 'integer' } } });
const value = { a: 1 };

describe("a model's answer", () => {
  it.each([
    ['bare', '{"a":1}'],
    ['in a fenced block', 'Here:\n```json\n{"a":1}\n```\nDone.'],
    ['in a fenced block without a language', '```\n\n{"a":1}\n```'],
    ['in the first block that may be JSON', '```python\nprint()\n```json \r\n{"a":1}\n```'],
  ])('is read as JSON, %s', (_where, text) => {
    expect(read(text)).toEqual({ ok: true, value });
  });

  it.each([
    ['fences that nothing closes', '```\nx'.repeat(100_000)],
    ['fences in one line', '```'.repeat(100_000)],
    ['empty lines behind a fence', `\`\`\`${'\n'.repeat(200_000)}x`],
  ])('is not JSON, and is found to be none at once: %s', (_what, text) => {
    expect(read(text)).toEqual({ ok: false, problem: 'it is not JSON' });
  });

  it.each([
    [
      '{"a":9007199254740993}',
      'a is 9007199254740993, which no number keeps exactly (beyond 2^53); write it in quotes',
    ],
    ['{"a":1,"a":2}', 'a is named twice; remove one'],
    ['Sure! {"a":1}', 'it is not JSON'],
  ])('does not fit when reading would change it silently, and why is said: %s', (text, problem) => {
    expect(read(text)).toEqual({ ok: false, problem });
  });
});
