import { describe, expect, it } from 'vitest';
import { limitRisks } from '../../../../workflows/contract/limits/limit-risks.ts';
import { limitRows, limitTableProblems } from '../../../../workflows/contract/limits/limits-table.ts';
import { aiStep, leadMagnet } from '../../../support/definitions.ts';

const loop = (id: string, parts: object = {}) => ({
  id,
  kind: 'computer_use',
  startUrl: 'https://site.example',
  goal: 'look',
  ...parts,
});

const audit = leadMagnet({
  steps: [loop('a'), loop('b', { budget: { seconds: 43_200 } }), aiStep('c', { limits: { attempts: 1 } })],
  totalSeconds: 50_000,
});

describe('the table of limits', () => {
  it('names where each value came from: the default, a setting or the lead magnet', () => {
    const rows = limitRows({ tools: { toolSeconds: 60, perTool: { chat: 20 } }, leadMagnet: audit });
    const source = (work: string, limit: string): unknown => {
      const row = rows.find((known) => known.work === work && known.limit === limit);
      return [row?.value, row?.setting ?? row?.source];
    };
    expect(source('ai', 'attemptSeconds')).toEqual([900, 'default']);
    expect(source('tools', 'providerSeconds')).toEqual([40, 'LODESTONE_TOOL_SECONDS']);
    expect(source('tools', 'attempts')).toEqual([4, 'default']);
    expect(source('tool chat', 'toolSeconds')).toEqual([20, 'LODESTONE_TOOL_LIMITS']);
    expect(source('step c', 'attempts')).toEqual([1, 'lead magnet']);
    expect(source('step c', 'attemptSeconds')).toEqual([900, 'default']);
    expect(source('job of test', 'seconds')).toEqual([50_000, 'lead magnet']);
  });

  it('has no contradiction by default', () => {
    expect(limitTableProblems({ tools: {} })).toEqual([]);
  });
});

describe('A08: the risks of limits', () => {
  it('are low by default', () => {
    expect(limitRisks().map(({ scenario, level }) => [scenario, level])).toEqual([
      ['loop_budget', 'low'],
      ['several_loops', 'none'],
      ['step_limit', 'low'],
      ['job_limit', 'low'],
    ]);
  });

  it('list what is at risk in a lead magnet, and what to do', () => {
    const [loopBudget, severalLoops, stepLimit] = limitRisks(audit);
    expect(loopBudget).toMatchObject({ level: 'low' });
    expect(severalLoops).toMatchObject({ level: 'high', finding: "2 loops, together 12.3 h of the job's 13.9 h" });
    expect(stepLimit).toMatchObject({ level: 'high', finding: expect.stringContaining('at risk: c') });
    const tight = leadMagnet({ steps: [loop('a', { limits: { attemptSeconds: 930 } })], totalSeconds: 600 });
    expect(limitRisks(tight).map(({ level }) => level)).toEqual(['high', 'none', 'low', 'high']);
    for (const { impact, mitigation } of limitRisks(tight)) expect([impact, mitigation]).not.toContain('');
  });
});
