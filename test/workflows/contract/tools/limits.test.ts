import { describe, expect, it } from 'vitest';
import { ApiSettingsSchema } from '../../../../client/api/config.ts';
import { WorkerSettingsSchema } from '../../../../workers/config.ts';
import { readSettings } from '../../../../workflows/contract/settings.ts';
import { toolChoiceProblems, toolLimits } from '../../../../workflows/contract/tools/limits.ts';

describe('the limits of tools', () => {
  it('T05, T06, T07: are 30 s for the provider, 45 s for the tool, 60 s for the expert, 67.5 s for the request', () => {
    expect(toolLimits({}, 'debug')).toMatchObject({
      providerSeconds: 30,
      toolSeconds: 45,
      expertSeconds: 60,
      requestSeconds: 67.5,
      queueSeconds: 20,
      attempts: 4,
    });
    expect(toolChoiceProblems({})).toEqual([]);
  });

  it('T08: are refused with every problem when the layers are out of order or their sums do not fit', () => {
    const problems = toolChoiceProblems({
      providerSeconds: 50,
      expertSeconds: 40,
      requestSeconds: 55,
      queueSeconds: 30,
    });
    expect(problems).toEqual([
      'providerSeconds 50 is not below toolSeconds 45: the outer limit would cut it off',
      'streamSeconds 50 is not below toolSeconds 45: the outer limit would cut it off',
      'streamSilenceSeconds 50 is not below toolSeconds 45: the outer limit would cut it off',
      'toolSeconds 45 is not below expertSeconds 40: the outer limit would cut it off',
      'queueSeconds + toolSeconds + cleanupSeconds is 77.5, above requestSeconds 55',
    ]);
  });

  it.each([
    ['the API', ApiSettingsSchema],
    ['a worker', WorkerSettingsSchema],
  ])('T08: keep %s from starting when they contradict each other, with all problems', (_, schema) => {
    const environment = { LODESTONE_TOOL_EXPERT_SECONDS: '20', LODESTONE_TOOL_PROVIDER_SECONDS: '45' };
    expect(() => readSettings(schema, environment)).toThrow(/providerSeconds 45[\s\S]*toolSeconds 45[\s\S]*Seconds 20/);
  });

  it('T09: grow in proportion with a cap of 600 s, and 0 switches them all off', () => {
    const slow = toolLimits({ toolSeconds: 600 }, 'debug');
    expect(slow).toMatchObject({ providerSeconds: 400, toolSeconds: 600, expertSeconds: 800, requestSeconds: 900 });
    expect(toolChoiceProblems({ toolSeconds: 600 })).toEqual([]);
    const off = toolLimits({ toolSeconds: 0 }, 'debug');
    expect(off).toMatchObject({ providerSeconds: null, toolSeconds: null, expertSeconds: null, requestSeconds: null });
    expect(toolChoiceProblems({ toolSeconds: 0 })).toEqual([]);
    expect(toolChoiceProblems({ toolSeconds: 0, requestSeconds: 60 })).toHaveLength(1);
  });

  it('T10: refuse stream limits of 300 and 600 s unless the layer above is larger', () => {
    const streams = { streamSilenceSeconds: 300, streamSeconds: 600 };
    expect(toolChoiceProblems(streams)).toHaveLength(2);
    expect(toolChoiceProblems({ ...streams, toolSeconds: 600 })).toHaveLength(1);
    expect(toolChoiceProblems({ ...streams, toolSeconds: 900 })).toEqual([]);
  });

  it('T21: are a tool’s own where it has its own', () => {
    const choices = { perTool: { consensus: 90, chat: 2 } };
    expect(toolLimits(choices, 'consensus')).toMatchObject({ toolSeconds: 90, requestSeconds: 135 });
    expect(toolLimits(choices, 'debug')).toMatchObject({ toolSeconds: 45 });
    expect(toolChoiceProblems(choices).every((problem) => problem.startsWith('chat: '))).toBe(true);
    expect(toolChoiceProblems(choices)).not.toEqual([]);
  });
});
