import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../../workflows/contract/json/json.ts';
import { readDefinition } from '../../../../workflows/contract/lead-magnets/lead-magnet-check.ts';
import { smallForm } from '../../../support/definitions.ts';

function problems(tool: string, input: JsonObject): readonly string[] {
  const steps = [{ id: 'ask', kind: 'tool', tool, input }];
  const reading = readDefinition({ slug: 'test', name: 'Test', form: smallForm, steps });
  return reading.problems.map(({ path, message }) => `${path}: ${message}`);
}

describe('T26: a tool step is checked on save:', () => {
  it('its tool exists', () => {
    expect(problems('none', {})).toEqual([
      expect.stringContaining('steps[0].tool: there is no tool none; known: chat,'),
    ]);
  });

  it('its input fits the tool, wherever no template stands', () => {
    expect(problems('chat', { prompt: 'About {{form.website}}', use_web_search: '{{form.email}}' })).toEqual([]);
    expect(problems('chat', { prompt: '', use_web_search: 'maybe' })).toEqual([
      expect.stringContaining('steps[0].input.prompt: '),
      expect.stringContaining('steps[0].input.use_web_search: '),
    ]);
    expect(problems('chat', { prompt: 'x', other: 1 })).toEqual([expect.stringContaining('other')]);
  });

  it('its templates name what exists, and no file is named by its path', () => {
    expect(problems('chat', { prompt: '{{form.none}}' })).toEqual([
      expect.stringContaining('steps[0].input.prompt: {{form.none}} names nothing'),
    ]);
    expect(problems('chat', { prompt: 'x', paths: ['/etc/passwd'] })).toEqual([
      expect.stringContaining('steps[0].input.paths: a step reads no files by path'),
    ]);
  });
});
